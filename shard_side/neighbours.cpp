#include <shard_side/neighbours.hpp>

#include <array>
#include <fstream>
#include <string>

namespace shardbridge::detail {
namespace {

/// Of a list such as "0-3,8" the first number, which is the same for all CPUs of it.
int domain_of(std::size_t cpu, const char* list) {
  std::ifstream in("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + '/' + list);
  int first = 0;
  return in >> first ? first : static_cast<int>(cpu);
}

} // namespace

cpu_domains domains_of_machine(std::size_t cpus) {
  cpu_domains out;
  for (const char* const list : std::array{"topology/core_cpus_list", "cache/index2/shared_cpu_list",
                                           "cache/index3/shared_cpu_list", "topology/package_cpus_list"}) {
    std::vector<int>& domains = out.emplace_back();
    for (std::size_t cpu = 0; cpu < cpus; ++cpu)
      domains.push_back(domain_of(cpu, list));
  }
  return out;
}

std::vector<std::size_t> nearest_shards(const std::vector<std::optional<int>>& shard_cpus, const cpu_domains& shared,
                                        std::size_t cpus) {
  // Closest of all is the CPU itself.
  const auto share = [&shared](std::size_t level, std::size_t one, std::size_t other) {
    return level == 0 ? one == other : shared[level - 1][one] == shared[level - 1][other];
  };
  std::vector<std::size_t> out;
  for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
    std::vector<std::size_t> near;
    for (std::size_t level = 0; level <= shared.size() && near.empty(); ++level) {
      for (std::size_t shard = 0; shard < shard_cpus.size(); ++shard) {
        const auto pinned = static_cast<std::size_t>(shard_cpus[shard].value_or(-1));
        if (pinned < cpus && share(level, cpu, pinned)) near.push_back(shard);
      }
    }
    out.push_back(near.empty() ? cpu % shard_cpus.size() : near[cpu % near.size()]);
  }
  return out;
}

} // namespace shardbridge::detail
