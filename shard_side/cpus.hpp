#pragma once

#include <shardbridge/options.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace shardbridge::detail {

/// The CPUs this process may run on, ascending.
[[nodiscard]] std::vector<int> allowed_cpus();

/// Where shard `index` belongs: the named CPU, else counting down from the last allowed one, since the first is where
/// the system and single-threaded services tend to be. Nothing: it is not pinned.
[[nodiscard]] std::optional<int> cpu_for(std::size_t index, const shard_group_options& options,
                                         const std::vector<int>& allowed);

/// False: the kernel refused.
[[nodiscard]] bool pin_this_thread(int cpu) noexcept;

} // namespace shardbridge::detail
