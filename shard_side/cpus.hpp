#pragma once

#include <shardbridge/options.hpp>

#include <cstddef>
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

/// False: the kernel refused.
[[nodiscard]] bool pin_this_thread(int cpu) noexcept;

} // namespace shardbridge::detail
