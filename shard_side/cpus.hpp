#pragma once

#include <shardbridge/options.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace shardbridge::detail {

/// The CPUs this process may run on, ascending.
[[nodiscard]] std::vector<int> allowed_cpus();

/// The order in which shards take them: one CPU of each core before a second one of any, since those share what a core
/// can do; counting down from the last, since the first is where the system and single-threaded services tend to be.
/// `cores`: for each CPU of the machine its core, by any number; a CPU beyond it is a core of its own.
[[nodiscard]] std::vector<int> pinning_order(std::vector<int> allowed, const std::vector<int>& cores);

/// Where shard `index` belongs: the named CPU, else the next of the order. Nothing: it is not pinned.
[[nodiscard]] std::optional<int> cpu_for(std::size_t index, const shard_group_options& options,
                                         const std::vector<int>& order);

/// How long, in nanoseconds, a thread that waits for replies of shards may look for them where those have workers of
/// their own. Without a core for each of the three a worker, and what it was to bring, would wait until the looking is
/// over; so it lasts only for what comes without one, as what is in the page cache does.
[[nodiscard]] std::int64_t look_limit_beside_workers(std::size_t cpus, std::size_t shards) noexcept;

/// False: the kernel refused.
[[nodiscard]] bool pin_this_thread(int cpu) noexcept;

} // namespace shardbridge::detail
