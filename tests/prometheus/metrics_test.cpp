// Goal: every number of bridges and shards reaches Prometheus, in its units and with the right labels.
// Method: the mapping alone, one number set at a time.
#include "exposition.hpp"
#include "mapped.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <set>
#include <sstream>

namespace shardbridge::tests {
namespace {

using namespace std::chrono_literals;

/// Name and labels of every sample whose value is another one than without numbers.
template <class Stats>
std::vector<std::string> changed_in(const Stats& stats) {
  std::istringstream zeros(text_of(metrics_of_one(Stats{})));
  std::istringstream numbers(text_of(metrics_of_one(stats)));
  std::vector<std::string> changed;
  for (std::string zero, number; std::getline(zeros, zero) && std::getline(numbers, number);)
    if (zero != number) changed.push_back(number.substr(0, number.rfind(' ')));
  return changed;
}

/// The same for each of the first `bytes` bytes' words, which are all there is: a number that is added later counts
/// too.
template <class Stats>
std::vector<std::vector<std::string>> changed_by_each_word(std::size_t bytes) {
  constexpr std::uint64_t one = 1;
  std::vector<std::vector<std::string>> changes;
  for (std::size_t at = 0; at < bytes; at += sizeof one) {
    Stats stats;
    std::memcpy(reinterpret_cast<std::byte*>(&stats) + at, &one, sizeof one);
    changes.push_back(changed_in(stats));
  }
  return changes;
}

std::size_t samples_of(const std::vector<MetricFamily>& families) {
  std::size_t sum = 0;
  for (const MetricFamily& each : families)
    sum += each.metric.size();
  return sum;
}

TEST(prometheus_metrics, every_number_of_a_shard_is_one_sample) {
  std::set<std::string> seen;
  for (const auto& changed : changed_by_each_word<shard_stats>(sizeof(shard_stats))) {
    EXPECT_EQ(changed.size(), 1U) << "word " << seen.size();
    seen.insert(changed.begin(), changed.end());
  }
  EXPECT_EQ(seen.size(), samples_of(metrics_of_one(shard_stats{})));
  EXPECT_EQ(seen.size() * sizeof(std::uint64_t), sizeof(shard_stats));
}

TEST(prometheus_metrics, every_number_of_a_bridge_is_one_sample) {
  const bridge_stats place;
  const auto bytes = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&place.latencies) -
                                              reinterpret_cast<const std::byte*>(&place));
  bridge_stats the_sum;
  the_sum.refused = 1;
  bridge_stats the_level;
  the_level.level = pressure_level::throttled;
  EXPECT_TRUE(changed_in(the_sum).empty()) << "Prometheus sums up the causes itself";
  EXPECT_EQ(changed_in(the_level).size(), 2U);
  std::size_t exceptions = 0;
  std::set<std::string> seen{R"(shardbridge_bridge_pressure_level{bridge="disk",level="suspended"})"};
  for (const auto& changed : changed_by_each_word<bridge_stats>(bytes)) {
    if (changed.size() != 1) {
      ++exceptions;
      EXPECT_TRUE(changed.empty() || changed == changed_in(the_level)) << "word after " << seen.size() << " samples";
    }
    seen.insert(changed.begin(), changed.end());
  }
  EXPECT_EQ(exceptions, 2U);
  const std::size_t histograms = 6;
  EXPECT_EQ(seen.size() + histograms, samples_of(metrics_of_one(place)));
}

TEST(prometheus_metrics, every_leg_is_a_histogram) {
  const std::pair<const char*, latency_histogram bridge_latencies::*> legs[] = {
      {"waiting", &bridge_latencies::waiting}, {"lane", &bridge_latencies::lane},
      {"backlog", &bridge_latencies::backlog}, {"in_kernel", &bridge_latencies::in_kernel},
      {"reply", &bridge_latencies::reply},     {"total", &bridge_latencies::total},
  };
  EXPECT_EQ(std::size(legs) * sizeof(latency_histogram), sizeof(bridge_latencies));
  for (const auto& [name, leg] : legs) {
    bridge_stats stats;
    for (const std::chrono::nanoseconds time :
         std::initializer_list<std::chrono::nanoseconds>{900ns, 990ns, 3us, 40us, 9s, 11s})
      (stats.latencies.*leg).record(time);
    auto all = exposition::parse(text_of(metrics_of_one(stats)));
    const auto bucket = [&all, leg_name = name](const std::string& le) {
      return all.value("shardbridge_bridge_latency_seconds_bucket",
                       {{"bridge", "disk"}, {"leg", leg_name}, {"le", le}});
    };
    EXPECT_EQ(bucket("1e-06"), 2);
    EXPECT_EQ(bucket("2.5e-06"), 2);
    EXPECT_EQ(bucket("5e-06"), 3);
    EXPECT_EQ(bucket("5e-05"), 4);
    EXPECT_EQ(bucket("5"), 4);
    EXPECT_EQ(bucket("10"), 5);
    EXPECT_EQ(bucket("+Inf"), 6);
    const exposition::labels who{{"bridge", "disk"}, {"leg", name}};
    EXPECT_EQ(all.value("shardbridge_bridge_latency_seconds_count", who), 6);
    EXPECT_NEAR(all.value("shardbridge_bridge_latency_seconds_sum", who), 20, 20.0 / 128);
    EXPECT_EQ(all.complaints, faultless);
    EXPECT_EQ(complaints_of_histograms(all), faultless);
    for (const std::string& each : changed_in(stats))
      EXPECT_NE(each.find("leg=\"" + std::string(name) + '"'), std::string::npos) << each;
  }
}

TEST(prometheus_metrics, bounds_go_from_a_microsecond_to_ten_seconds) {
  const auto families = metrics_of_one(bridge_stats{});
  const auto found = std::ranges::find(families, MetricType::Histogram, &MetricFamily::type);
  ASSERT_NE(found, families.end());
  std::vector<double> bounds;
  for (const auto& bucket : found->metric.at(0).histogram.bucket)
    bounds.push_back(bucket.upper_bound);
  EXPECT_EQ(bounds,
            (std::vector<double>{1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3,  5e-3,
                                 1e-2, 2.5e-2, 5e-2, 0.1,  0.25,   0.5,  1,    2.5,    5,    10,   HUGE_VAL}));
}

TEST(prometheus_metrics, base_units) {
  bridge_stats stats;
  stats.time_in_level[2] = 1500ms;
  auto bridge = exposition::parse(text_of(metrics_of_one(stats)));
  EXPECT_EQ(bridge.value("shardbridge_bridge_level_seconds_total", {{"bridge", "disk"}, {"level", "suspended"}}), 1.5);
  auto shard = exposition::parse(text_of(metrics_of_one(shard_stats{.longest_turn = 2'500us})));
  EXPECT_EQ(shard.value("shardbridge_shard_longest_turn_seconds", {{"group", "disks"}, {"shard", "0"}}), 0.0025);
}

TEST(prometheus_metrics, one_family_for_all_bridges_and_all_shards) {
  const std::string odd = "a \"b\"\\\nc";
  bridge_stats calm;
  calm.accepted = 7;
  bridge_stats pressed;
  pressed.accepted = 9;
  pressed.level = pressure_level::suspended;
  auto bridges = exposition::parse(text_of(metrics_of(std::vector<named_bridge>{{"first", calm}, {odd, pressed}})));
  EXPECT_EQ(bridges.value("shardbridge_bridge_accepted_total", {{"bridge", "first"}}), 7);
  EXPECT_EQ(bridges.value("shardbridge_bridge_accepted_total", {{"bridge", odd}}), 9);
  EXPECT_EQ(bridges.value("shardbridge_bridge_pressure_level", {{"bridge", "first"}, {"level", "normal"}}), 1);
  EXPECT_EQ(bridges.value("shardbridge_bridge_pressure_level", {{"bridge", odd}, {"level", "normal"}}), 0);
  EXPECT_EQ(bridges.value("shardbridge_bridge_pressure_level", {{"bridge", odd}, {"level", "suspended"}}), 1);
  EXPECT_EQ(bridges.complaints, faultless);
  auto shards = exposition::parse(text_of(
      metrics_of(std::vector<named_group>{{"a", {{.turns = 1}, {.turns = 2}}}, {"b", {{.turns = 3}}}, {"none", {}}})));
  EXPECT_EQ(shards.value("shardbridge_shard_turns_total", {{"group", "a"}, {"shard", "0"}}), 1);
  EXPECT_EQ(shards.value("shardbridge_shard_turns_total", {{"group", "a"}, {"shard", "1"}}), 2);
  EXPECT_EQ(shards.value("shardbridge_shard_turns_total", {{"group", "b"}, {"shard", "0"}}), 3);
  EXPECT_EQ(shards.complaints, faultless);
}

TEST(prometheus_metrics, nothing_of_nothing) {
  EXPECT_TRUE(metrics_of(std::vector<named_bridge>()).empty());
  EXPECT_TRUE(metrics_of(std::vector<named_group>()).empty());
}

} // namespace
} // namespace shardbridge::tests
