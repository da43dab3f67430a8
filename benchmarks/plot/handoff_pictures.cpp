#include "pictures.hpp"

#include "../common/format.hpp"
#include "palette.hpp"

#include <algorithm>
#include <array>

namespace shardbridge::bench {
namespace {

struct leg {
  const char* field;
  const char* name;
};
constexpr std::array all_legs{leg{"request_wait", "request wait"}, leg{"ring", "ring"}, leg{"reply_wait", "reply wait"},
                              leg{"handler", "handler"}};

std::string group_of(const results_json& results, const results_json& row) {
  std::string text;
  if (differs(results, "shards")) text = count_text(row.at("shards").get<unsigned>(), "shard");
  if (differs(results, "producers"))
    text += (text.empty() ? "" : ", ") + count_text(row.at("producers").get<unsigned>(), "producer");
  return text;
}

std::string what_of(const results_json& results) {
  const results_json& first = results.at("results").front();
  std::string text = "handoff: nothing, to another thread and back";
  if (!differs(results, "shards")) text += ", " + count_text(first.at("shards").get<unsigned>(), "shard");
  if (!differs(results, "producers")) text += ", " + count_text(first.at("producers").get<unsigned>(), "producer");
  text += ", " + count_text(first.at("client_threads").get<unsigned>(), "client thread");
  return text + (first.at("same_core").get<bool>() ? ", all on one CPU" : "");
}

std::string panel_title(const results_json& results, const results_json& row) {
  const std::string group = group_of(results, row);
  return group + (group.empty() ? "" : ", ") + row.at("depth").dump() + " in flight: medians of the legs, µs";
}

/// Puts one engine's legs on one another, at the next place.
void add_legs(panel& to, const results_json& row) {
  const auto place = static_cast<double>(to.places.size());
  to.places.push_back(row.at("engine").get<std::string>());
  double height = 0;
  for (std::size_t i = 0; i != all_legs.size(); ++i) {
    const auto found = row.at("legs").find(all_legs[i].field);
    if (found == row.at("legs").end() || found->is_null()) continue;
    const double top = height + spread_at(*found, "p50_us").median;
    to.all[i].marks.push_back({place, top, height, top});
    height = top;
  }
}

picture legs_picture(const results_json& results) {
  picture to{.name = "handoff-legs",
             .headline = headline_of(results, what_of(results), mark_meaning::medians),
             .columns = 3,
             .panels = {}};
  for (const results_json& row : results.at("results")) {
    const std::string title = panel_title(results, row);
    auto found = std::ranges::find(to.panels, title, &panel::title);
    if (found == to.panels.end()) {
      panel made;
      made.title = title;
      made.stacked = true;
      for (const leg& each : all_legs)
        made.all.push_back({.name = each.name, .with = look_of(each.name), .drawn = drawing::bars, .marks = {}});
      found = to.panels.insert(to.panels.end(), std::move(made));
    }
    add_legs(*found, row);
  }
  return to;
}

} // namespace

std::vector<picture> handoff_pictures(const results_json& results) {
  load_results to{.name = "handoff",
                  .headline = headline_of(results, what_of(results)),
                  .places = "in flight",
                  .what = "operations",
                  .points = {}};
  for (const results_json& row : results.at("results"))
    to.points.push_back({.engine = row.at("engine").get<std::string>(),
                         .label = label_of(row),
                         .group = group_of(results, row),
                         .place = row.at("depth").dump(),
                         .per_s = spread_at(row, "ops_per_s"),
                         .cpu_us = spread_at(row, "cpu_us_per_op"),
                         .p99_us = spread_at(row, "p99_us"),
                         .latency = percentiles_of(row)});
  std::vector<picture> all = load_pictures(to);
  all.push_back(legs_picture(results));
  return all;
}

} // namespace shardbridge::bench
