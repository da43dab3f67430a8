#include <shard_side/cpus.hpp>

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

std::optional<int> cpu_for(std::size_t index, const shard_group_options& options, const std::vector<int>& allowed) {
  if (!options.pin) return std::nullopt;
  if (!options.cpus.empty()) return options.cpus[index % options.cpus.size()];
  if (allowed.empty()) return std::nullopt;
  return allowed[allowed.size() - 1 - index % allowed.size()];
}

bool pin_this_thread(int cpu) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

} // namespace shardbridge::detail
