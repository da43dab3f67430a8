#include "wake_result.hpp"

#include "../results/spread_json.hpp"

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

json row_json(const wake_row& row) {
  return {{"strategy", row.strategy}, {"state", to_string(row.state)}, {"core", to_string(row.core)}};
}

json measured_json(const wake_row& row, const wake_figures& figures, double seconds) {
  json to = row_json(row);
  to["spin_us"] = row.spin_us ? json(*row.spin_us) : json(nullptr);
  to["rounds"] = figures.rounds;
  to["seconds"] = seconds;
  to["round_trips"] = figures.round_trips;
  to["round_trip_p50_us"] = figures.round_trip_p50_us;
  to["round_trip_p99_us"] = figures.round_trip_p99_us;
  to["caller_us"] = figures.caller_us;
  to["cpu_us"] = figures.cpu_us;
  return to;
}

json unavailable_json(const wake_row& row) {
  json to = row_json(row);
  to["reason"] = row.unavailable;
  return to;
}

} // namespace

void to_json(json& to, const wake_set& from) {
  to = {{"environment", from.environment}, {"results", json::array()}, {"unavailable", json::array()}};
  for (const auto& row : from.rows) {
    if (row.figures) to["results"].push_back(measured_json(row, *row.figures, from.seconds));
    if (!row.unavailable.empty()) to["unavailable"].push_back(unavailable_json(row));
  }
}

} // namespace shardbridge::bench
