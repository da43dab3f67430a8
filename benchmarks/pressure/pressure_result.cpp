#include "pressure_result.hpp"

#include "../results/spread_json.hpp"

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

json latency_json(const latency_summary& from) {
  return {{"p50_ms", from.p50_ms}, {"p99_ms", from.p99_ms}, {"p999_ms", from.p999_ms}, {"max_ms", from.max_ms}};
}

json sums_json(const operation_sums& from) {
  return {{"offered", from.offered},
          {"completed", from.completed},
          {"refused", from.refused},
          {"abandoned", from.abandoned},
          {"errors", from.errors}};
}

json rates_json(const pressure_row& row) {
  return {{"capacity", row.capacity}, {"base", row.base_rate},      {"offered", row.offered},
          {"admitted", row.admitted}, {"completed", row.completed}, {"refused", row.refused}};
}

json memory_json(const pressure_row& row) {
  return {{"before_mib", row.memory_before_mib},
          {"settled_mib", row.memory_settled_mib},
          {"peak_mib", row.memory_peak_mib},
          {"growth_percent", row.memory_growth_percent}};
}

json levels_json(const pressure_row& row) {
  return {{"changes", row.level_changes},
          {"all_told", row.level_changes_all_told},
          {"percent_normal", row.percent_in_level[0]},
          {"percent_throttled", row.percent_in_level[1]},
          {"percent_suspended", row.percent_in_level[2]},
          {"first_changes", row.first_level_changes}};
}

json row_json(const pressure_row& row) {
  json to{{"engine", row.engine}};
  to["pool_threads"] = row.pool_threads ? json(*row.pool_threads) : json(nullptr);
  to["rounds"] = row.rounds;
  to["overload_seconds"] = row.overload_seconds;
  to["rounds_at_memory_limit"] = row.rounds_at_memory_limit;
  to["per_second"] = rates_json(row);
  to["longest_queue"] = row.longest_queue;
  to["most_operations"] = row.most_operations;
  to["memory"] = memory_json(row);
  to["base"] = {{"from_initiation", latency_json(row.base_from_initiation)},
                {"from_admission", latency_json(row.base_from_admission)},
                {"operations", sums_json(row.base_sums)}};
  to["overload"] = {{"from_intended", latency_json(row.from_intended)},
                    {"from_initiation", latency_json(row.from_initiation)},
                    {"from_admission", latency_json(row.from_admission)},
                    {"operations", sums_json(row.overload_sums)}};
  to["p99_ratio"] = {{"from_initiation", row.p99_ratio_from_initiation},
                     {"from_admission", row.p99_ratio_from_admission}};
  to["levels"] = levels_json(row);
  to["samples"] = row.samples;
  return to;
}

} // namespace

void to_json(json& to, const pressure_set& from) {
  json what = from.what;
  for (const char* elsewhere : {"engine", "path", "size"})
    what.erase(elsewhere);
  if (from.what.device_rate <= 0) what["device_rate"] = nullptr;
  what["load"] = from.load > 0 ? json(from.load) : json(nullptr);
  what["rounds"] = from.rounds;
  to = {{"environment", from.environment}, {"setting", std::move(what)}, {"results", json::array()}};
  for (const auto& row : from.rows)
    to["results"].push_back(row_json(row));
}

} // namespace shardbridge::bench
