#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace shardbridge::bench {

/// How every engine is asked to hand over: one line of the measurement's table but for the engine.
struct handoff_setting {
  unsigned depth = 1;
  unsigned producers = 1;
  unsigned shards = 1;
  unsigned client_threads = 1;
  std::chrono::nanoseconds spin{}; ///< The bridge's, in both directions.
  bool same_core = false;

  /// What each producer keeps outstanding.
  unsigned share() const noexcept { return std::max(depth / producers, 1U); }
  unsigned outstanding() const noexcept { return share() * producers; }

  friend bool operator==(const handoff_setting&, const handoff_setting&) = default;
};

/// Where the threads run.
struct handoff_cpus {
  std::vector<int> clients; ///< Each client thread may use all of these.
  std::vector<int> shards;  ///< Shard by shard, or what stands for a shard.
};

/// Shards where the library itself puts them, from the last CPU down; clients on the CPUs these leave, on all if none
/// is left. With `same_core` everything is on the last CPU.
handoff_cpus place(const handoff_setting& what, const std::vector<int>& usable);

} // namespace shardbridge::bench
