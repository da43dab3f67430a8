#include <asio_side/prometheus/metrics.hpp>

#include <asio_side/prometheus/metric_rows.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

namespace shardbridge::detail {
namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

/// Numbers of one bridge or shard, and the labels that say of which.
template <class Stats>
struct labelled {
  labels who;
  const Stats* numbers;
};

ClientMetric labelled_as(labels who, const char* label, const char* value) {
  ClientMetric made;
  made.label = std::move(who);
  if (label != nullptr) made.label.push_back({label, value});
  return made;
}

template <class Stats>
MetricFamily family_of(const metric_row<Stats>& row, const std::vector<labelled<Stats>>& all) {
  const bool counter = std::string_view(row.name).ends_with("_total");
  MetricFamily family{row.name, row.help, counter ? MetricType::Counter : MetricType::Gauge, {}};
  for (const auto& [who, numbers] : all) {
    for (const auto& [value, read] : row.series) {
      if (read == nullptr) break;
      ClientMetric& made = family.metric.emplace_back(labelled_as(who, row.label, value));
      (counter ? made.counter.value : made.gauge.value) = read(*numbers);
    }
  }
  return family;
}

template <class Stats>
std::vector<MetricFamily> families_of(std::span<const metric_row<Stats>> rows,
                                      const std::vector<labelled<Stats>>& all) {
  std::vector<MetricFamily> families;
  if (all.empty()) return families;
  for (const metric_row<Stats>& row : rows)
    families.push_back(family_of(row, all));
  return families;
}

/// From 1 us to 10 s, three a decade: the same for all, so that they add up over legs of other bridges and processes.
constexpr auto bounds = [] {
  std::array<std::chrono::nanoseconds, 22> made{};
  std::size_t next = 0;
  for (std::int64_t decade = 1'000; decade < 10'000'000'000; decade *= 10)
    for (const std::int64_t quarters : {4, 10, 20})
      made[next++] = std::chrono::nanoseconds(decade / 4 * quarters);
  made[next] = std::chrono::seconds(10);
  return made;
}();

ClientMetric::Histogram histogram_of(const latency_histogram& times) {
  ClientMetric::Histogram made;
  made.sample_count = times.count();
  made.sample_sum = plain(times.sum());
  for (const std::chrono::nanoseconds bound : bounds)
    made.bucket.push_back({times.count_at_most(bound), plain(bound)});
  made.bucket.push_back({made.sample_count, std::numeric_limits<double>::infinity()});
  return made;
}

MetricFamily latencies_of(const std::vector<labelled<bridge_stats>>& all) {
  MetricFamily family{latency_name, latency_help, MetricType::Histogram, {}};
  for (const auto& [who, numbers] : all)
    for (const latency_leg& leg : latency_legs())
      family.metric.emplace_back(labelled_as(who, "leg", leg.name)).histogram =
          histogram_of(numbers->latencies.*leg.times);
  return family;
}

} // namespace

std::vector<MetricFamily> metrics_of(std::span<const named_bridge> bridges) {
  std::vector<labelled<bridge_stats>> all;
  for (const auto& [name, stats] : bridges)
    all.push_back({{{"bridge", name}}, &stats});
  auto families = families_of(bridge_rows(), all);
  if (!all.empty()) families.push_back(latencies_of(all));
  return families;
}

std::vector<MetricFamily> metrics_of(std::span<const named_group> groups) {
  std::vector<labelled<shard_stats>> all;
  for (const auto& [name, shards] : groups)
    for (std::size_t index = 0; index < shards.size(); ++index)
      all.push_back({{{"group", name}, {"shard", std::to_string(index)}}, &shards[index]});
  return families_of(shard_rows(), all);
}

} // namespace shardbridge::detail
