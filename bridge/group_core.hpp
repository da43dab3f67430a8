#pragma once

#include <bridge/shard_port.hpp>

#include <shardbridge/options.hpp>
#include <shardbridge/stats.hpp>

#include <deque>
#include <utility>
#include <vector>

namespace shardbridge::detail {

/// What bridges need of a group of shards, kept alive by them: it outlives the threads.
struct group_core {
  explicit group_core(shard_group_options given) : options(std::move(given)), ports(options.shards) {}
  group_core(const group_core&) = delete;
  group_core& operator=(const group_core&) = delete;
  virtual ~group_core() = default;

  /// One entry a shard, as shard_group::stats(). Any thread. Without threads there are none to tell of.
  [[nodiscard]] virtual std::vector<shard_stats> stats() { return {}; }

  const shard_group_options options;
  std::deque<shard_port> ports;
};

} // namespace shardbridge::detail
