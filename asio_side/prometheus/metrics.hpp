// What the numbers of bridges and shards are called at Prometheus: families of metrics from snapshots, and nothing
// else.
#pragma once

#include <shardbridge/stats.hpp>

#include <prometheus/metric_family.h>

#include <span>
#include <string>
#include <vector>

namespace shardbridge::detail {

struct named_bridge {
  std::string name;
  bridge_stats stats;
};

struct named_group {
  std::string name;
  std::vector<shard_stats> shards;
};

/// Each family once, with the series of all bridges; none at all without a bridge.
[[nodiscard]] std::vector<::prometheus::MetricFamily> metrics_of(std::span<const named_bridge> bridges);

/// Likewise of all shards of all groups.
[[nodiscard]] std::vector<::prometheus::MetricFamily> metrics_of(std::span<const named_group> groups);

} // namespace shardbridge::detail
