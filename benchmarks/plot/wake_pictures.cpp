#include "pictures.hpp"

#include "palette.hpp"

#include <utility>

namespace shardbridge::bench {
namespace {

struct quantity {
  const char* name;
  const char* field;
};

panel panel_of(const results_json& results, const std::string& core, const std::string& state, const std::string& title,
               drawing drawn, const std::vector<quantity>& quantities) {
  panel to;
  to.title = (core == "same" ? "one core, " : "two cores, ") + state + ": " + title + ", µs";
  for (const quantity& each : quantities)
    to.all.push_back({.name = each.name, .with = look_of(each.name), .drawn = drawn, .marks = {}});
  for (const results_json& row : results.at("results")) {
    if (row.at("core") != core || row.at("state") != state) continue;
    const auto place = static_cast<double>(to.places.size());
    to.places.push_back(row.at("strategy").get<std::string>());
    for (std::size_t i = 0; i != quantities.size(); ++i) {
      const spread value = spread_at(row, quantities[i].field);
      to.all[i].marks.push_back({place, value.median, value.min, value.max});
    }
  }
  return to;
}

} // namespace

std::vector<picture> wake_pictures(const results_json& results) {
  picture to{.name = "wake",
             .headline = headline_of(results, "wake: two threads that wake one another in turn, by strategy"),
             .columns = 2,
             .panel_width = 560,
             .panels = {}};
  for (const char* core : {"same", "other"})
    for (const char* state : {"sleeping", "awake"}) {
      panel trips = panel_of(results, core, state, "round trip", drawing::dots,
                             {{"p50", "round_trip_p50_us"}, {"p99", "round_trip_p99_us"}});
      if (trips.places.empty()) continue;
      trips.logarithmic = true; // p99 may be of another order
      to.panels.push_back(std::move(trips));
      to.panels.push_back(
          panel_of(results, core, state, "CPU time of a round trip", drawing::bars, {{"CPU", "cpu_us"}}));
    }
  return {to};
}

} // namespace shardbridge::bench
