// Goal: metrics have names that follow the conventions of Prometheus, and the documentation tells each.
// Method: the rules of `promtool check metrics`, spelled out, and the table of docs/metrics.md row by row.
#include "mapped.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace shardbridge::tests {
namespace {

std::vector<MetricFamily> all_families() {
  auto all = metrics_of_one(bridge_stats{});
  std::ranges::move(metrics_of_one(shard_stats{}), std::back_inserter(all));
  return all;
}

TEST(prometheus_metrics, names_follow_the_conventions) {
  const std::regex name("shardbridge_(bridge|shard)(_[a-z0-9]+)+");
  const std::regex end_of_others(".*_(total|count|sum|bucket|info|created)");
  const std::regex forbidden(".*_(counter|gauge|histogram|summary|untyped|s|ms|us|ns|sec|min|h|m|d|b|kb|mb|gb|"
                             "milliseconds|microseconds|nanoseconds|minutes|hours|days|bits|kilobytes)(_.*)?");
  const std::set<std::string> labels{"bridge", "group", "shard", "cause", "stage", "level", "outcome", "leg"};
  std::set<std::string> names;
  for (const MetricFamily& each : all_families()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name << " twice";
    EXPECT_TRUE(std::regex_match(each.name, name)) << each.name;
    EXPECT_FALSE(std::regex_match(each.name, forbidden)) << each.name;
    EXPECT_EQ(each.type == MetricType::Counter, each.name.ends_with("_total")) << each.name;
    EXPECT_TRUE(each.type == MetricType::Counter || !std::regex_match(each.name, end_of_others)) << each.name;
    EXPECT_TRUE(each.help.ends_with('.') && each.help.find_first_of("\\\n|") == std::string::npos) << each.help;
    for (const auto& metric : each.metric)
      for (const auto& label : metric.label)
        EXPECT_TRUE(labels.contains(label.name)) << each.name << ' ' << label.name;
  }
}

/// A row of the table in the documentation: all that is to be said of a family.
std::string row_of(const MetricFamily& family) {
  std::string row = "| `" + family.name + "` | ";
  const auto& last = family.metric.front().label.back().name;
  if (last != "bridge" && last != "shard") {
    row += "`" + last + "`:";
    for (const auto& metric : family.metric)
      row += " `" + metric.label.back().value + "`";
    row += " ";
  }
  return row + "| " + family.help + " |";
}

TEST(prometheus_metrics, documentation_tells_each_and_no_other) {
  std::ifstream page(SHARDBRIDGE_METRICS_PAGE);
  std::set<std::string> told;
  const std::regex row("\\| `shardbridge_[a-z_]+` \\|.*");
  for (std::string line; std::getline(page, line);)
    if (std::regex_match(line, row)) told.insert(line);
  for (const MetricFamily& each : all_families())
    EXPECT_EQ(told.erase(row_of(each)), 1U) << "docs/metrics.md lacks:\n" << row_of(each);
  for (const std::string& each : told)
    ADD_FAILURE() << "docs/metrics.md tells of what is not there:\n" << each;
}

} // namespace
} // namespace shardbridge::tests
