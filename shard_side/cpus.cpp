#include <shard_side/cpus.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include <sched.h>

namespace shardbridge::detail {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) out.push_back(cpu);
  return out;
}

std::vector<int> pinning_order(std::vector<int> allowed, const std::vector<int>& cores) {
  std::ranges::sort(allowed, std::greater<>());
  const auto core_of = [&cores](int cpu) {
    const auto known = static_cast<std::size_t>(cpu);
    return known < cores.size() ? cores[known] : -1 - cpu;
  };
  std::map<int, std::size_t> taken; // by core
  std::vector<std::pair<std::size_t, int>> ranked;
  for (const int cpu : allowed)
    ranked.emplace_back(taken[core_of(cpu)]++, cpu);
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, int>::first);
  std::vector<int> out;
  for (const auto& [round, cpu] : ranked)
    out.push_back(cpu);
  return out;
}

std::optional<int> cpu_for(std::size_t index, const shard_group_options& options, const std::vector<int>& order) {
  if (!options.pin) return std::nullopt;
  if (!options.cpus.empty()) return options.cpus[index % options.cpus.size()];
  if (order.empty()) return std::nullopt;
  return order[index % order.size()];
}

bool pin_this_thread(int cpu) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

} // namespace shardbridge::detail
