#include "pictures.hpp"

#include "../results/spread_json.hpp"
#include "palette.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr std::array kinds{"bridge", "disk", "sockets", "tasks"};

using value_of = std::function<std::optional<spread>(const results_json& row)>;

/// A place for what was done at once, and there a mark for each kind that has a value.
panel panel_of(const results_json& results, std::string title, drawing drawn, const value_of& value) {
  panel to;
  to.title = std::move(title);
  for (const char* kind : kinds)
    to.all.push_back({.name = kind, .with = look_of(kind), .drawn = drawn, .marks = {}});
  for (const results_json& row : results.at("results")) {
    const auto kind = std::ranges::find(kinds, row.at("kind").get<std::string>());
    const auto found = value(row);
    if (kind == kinds.end() || !found) continue;
    const auto loads = row.at("loads").get<std::string>();
    if (to.places.empty() || to.places.back() != loads) to.places.push_back(loads);
    to.all[static_cast<std::size_t>(kind - kinds.begin())].marks.push_back(
        {static_cast<double>(to.places.size() - 1), found->median, found->min, found->max});
  }
  return to;
}

std::optional<spread> spread_or_none(const results_json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || found->is_null()) return {};
  return found->get<spread>();
}

/// Of the mean over the round, what the worst window had.
std::optional<spread> least_share(const results_json& row) {
  const auto least = spread_or_none(row, "least_ops_per_s");
  const double mean = spread_at(row, "ops_per_s").median;
  if (!least || mean <= 0) return {};
  const double share = least->median / mean;
  return spread{share, share, share};
}

std::optional<spread> thousands(const results_json& row) {
  const spread rate = spread_at(row, "ops_per_s");
  return spread{rate.min / 1000, rate.median / 1000, rate.max / 1000};
}

} // namespace

std::vector<picture> fairness_pictures(const results_json& results) {
  picture to{.name = "fairness",
             .headline =
                 headline_of(results, "fairness: what each kind of load gets on one shard, by what is done at once"),
             .columns = 1,
             .panel_width = 1200,
             .panels = {}};
  to.panels.push_back(panel_of(results, "share of the rate that the kind has alone", drawing::bars,
                               [](const results_json& row) { return spread_or_none(row, "of_alone"); }));
  to.panels.push_back(panel_of(results, "thousand operations a second", drawing::dots, thousands));
  to.panels.back().logarithmic = true;
  to.panels.push_back(
      panel_of(results, "least rate in any window, as a share of the mean", drawing::bars, least_share));
  return {to};
}

} // namespace shardbridge::bench
