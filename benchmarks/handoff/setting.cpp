#include "setting.hpp"

#include <cstddef>

namespace shardbridge::bench {

handoff_cpus place(const handoff_setting& what, const std::vector<int>& usable) {
  if (what.same_core) return {.clients = {usable.back()}, .shards = std::vector(what.shards, usable.back())};
  handoff_cpus cpus;
  for (std::size_t shard = 0; shard != what.shards; ++shard)
    cpus.shards.push_back(usable[usable.size() - 1 - shard % usable.size()]);
  for (const int cpu : usable)
    if (std::ranges::find(cpus.shards, cpu) == cpus.shards.end()) cpus.clients.push_back(cpu);
  if (cpus.clients.empty()) cpus.clients = usable;
  return cpus;
}

} // namespace shardbridge::bench
