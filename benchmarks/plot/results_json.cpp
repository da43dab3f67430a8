#include "results_json.hpp"

#include "../common/environment.hpp"
#include "../results/histogram_json.hpp"
#include "../results/spread_json.hpp"

#include <algorithm>
#include <cmath>

namespace shardbridge::bench {
namespace {

/// Of the curve, between 90 % and 99 % for instance.
constexpr int steps_a_decade = 20;

std::string rounds_of(const results_json& results, mark_meaning meaning) {
  const auto rounds = results.at("results").front().value("rounds", 0U);
  if (rounds < 2) return "one round";
  const std::string count = std::to_string(rounds) + " rounds";
  switch (meaning) {
  case mark_meaning::medians_and_whiskers:
    return "medians of " + count + ", whiskers from the least to the most of them";
  case mark_meaning::medians:
    return "medians of " + count;
  case mark_meaning::all_rounds:
    return count + " together";
  }
  return {};
}

} // namespace

spread spread_at(const results_json& from, const char* name) {
  return from.at(name).get<spread>();
}

std::string label_of(const results_json& row) {
  const auto threads = row.find("pool_threads");
  const auto engine = row.at("engine").get<std::string>();
  return threads == row.end() || threads->is_null() ? engine : engine + " of " + threads->dump();
}

std::vector<percentile> percentiles_of(const results_json& from, const std::string& prefix) {
  std::vector<percentile> to;
  for (const auto& [share, name] : {std::pair(0.5, "p50_us"), {0.99, "p99_us"}, {0.999, "p999_us"}})
    if (const auto found = from.find(prefix + name); found != from.end()) to.push_back({share, found->get<spread>()});
  return to;
}

std::vector<percentile> percentiles_of_histogram(const results_json& row) {
  if (!row.contains("latency")) return percentiles_of(row); // what an older program wrote
  const latency_histogram all = histogram_from(row.at("latency"));
  std::uint64_t count = 0;
  for (const auto& [bucket, times] : all.entries())
    count += times;
  if (count == 0) return {};
  std::vector<percentile> to;
  // The rarest is one of ten at least, or the end of the curve is but chance.
  const double last = std::clamp(std::log10(static_cast<double>(count) / 10), 2.0, 4.0);
  const auto add = [&](double share) {
    const double us = static_cast<double>(all.quantile(share).count()) / 1000;
    to.push_back({share, {us, us, us}});
  };
  add(0.5);
  for (int step = steps_a_decade / 3 + 1; step <= static_cast<int>(last * steps_a_decade); ++step)
    add(1 - std::pow(10, -static_cast<double>(step) / steps_a_decade));
  return to;
}

std::vector<std::string> headline_of(const results_json& results, const std::string& what, mark_meaning meaning) {
  return {what, machine_text(results.at("environment")) + "; " + rounds_of(results, meaning)};
}

bool differs(const results_json& results, const char* name) {
  const results_json& rows = results.at("results");
  return std::ranges::any_of(rows, [&](const results_json& row) { return row.at(name) != rows.front().at(name); });
}

} // namespace shardbridge::bench
