#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace shardbridge::detail {

/// What CPUs share, closest first: for each kind of thing (a core, a cache, a package), which of them each CPU is part
/// of, by any number that is the same for all its parts.
using cpu_domains = std::vector<std::vector<int>>;

/// The machine's, from /sys/devices/system/cpu (Linux, Documentation/admin-guide/cputopology.rst). What cannot be read
/// is shared with nobody.
[[nodiscard]] cpu_domains domains_of_machine(std::size_t cpus);

/// For each CPU the shard nearest to it; where several are equally near, they share such CPUs. `shard_cpus`: where each
/// shard is pinned; nothing: nowhere.
[[nodiscard]] std::vector<std::size_t> nearest_shards(const std::vector<std::optional<int>>& shard_cpus,
                                                      const cpu_domains& shared, std::size_t cpus);

} // namespace shardbridge::detail
