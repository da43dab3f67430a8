#pragma once

#include <bridge/shard_port.hpp>

#include <shardbridge/options.hpp>

#include <deque>

namespace shardbridge::detail {

/// What bridges need of a group of shards, kept alive by them: it outlives the threads.
struct group_core {
  explicit group_core(shard_group_options given) : options(std::move(given)), ports(options.shards) {}

  const shard_group_options options;
  std::deque<shard_port> ports;
};

} // namespace shardbridge::detail
