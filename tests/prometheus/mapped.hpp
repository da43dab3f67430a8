// Goal: the metrics of one bridge or shard in a line. Method: the mapping and the serializer, under fixed names.
#pragma once

#include <asio_side/prometheus/metrics.hpp>

#include <prometheus/text_serializer.h>

#include <string>
#include <vector>

namespace shardbridge::tests {

using detail::metrics_of;
using detail::named_bridge;
using detail::named_group;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

inline std::vector<MetricFamily> metrics_of_one(const bridge_stats& stats) {
  return metrics_of(std::vector<named_bridge>{{"disk", stats}});
}
inline std::vector<MetricFamily> metrics_of_one(const shard_stats& stats) {
  return metrics_of(std::vector<named_group>{{"disks", {stats}}});
}
inline std::string text_of(const std::vector<MetricFamily>& families) {
  return ::prometheus::TextSerializer().Serialize(families);
}
} // namespace shardbridge::tests
