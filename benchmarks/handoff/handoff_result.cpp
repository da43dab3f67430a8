#include "handoff_result.hpp"

#include "../results/spread_json.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

json percentiles_json(const percentiles& from) {
  return {{"p50_us", from.p50_us}, {"p99_us", from.p99_us}, {"p999_us", from.p999_us}};
}

json legs_json(const handoff_row& row) {
  json to = json::object();
  for (std::size_t i = 0; i != leg_names.size(); ++i)
    to[leg_names[i]] = row.legs[i] ? percentiles_json(*row.legs[i]) : json(nullptr);
  return to;
}

json row_json(const handoff_row& row) {
  json to{{"engine", row.engine},
          {"depth", row.what.depth},
          {"producers", row.what.producers},
          {"shards", row.what.shards},
          {"client_threads", row.what.client_threads},
          {"spin_us", static_cast<double>(row.what.spin.count()) / 1000},
          {"same_core", row.what.same_core},
          {"rounds", row.rounds},
          {"seconds", row.seconds},
          {"ops_per_s", row.ops_per_s}};
  to.update(percentiles_json(row.latency));
  to["cpu_us_per_op"] = row.cpu_us_per_op;
  to["syscalls_per_op"] = row.syscalls_per_op ? json(*row.syscalls_per_op) : json(nullptr);
  to["fairness"] = row.fairness;
  to["legs"] = legs_json(row);
  to["initiated"] = row.initiated;
  to["operations"] = row.operations;
  to["errors"] = row.errors;
  return to;
}

} // namespace

void to_json(json& to, const handoff_set& from) {
  to = {{"environment", from.environment}, {"results", json::array()}};
  for (const auto& row : from.rows)
    to["results"].push_back(row_json(row));
}

const handoff_row* find_beside(const std::vector<handoff_row>& rows, const handoff_row& beside,
                               const std::string& engine) {
  const auto found = std::ranges::find_if(
      rows, [&](const handoff_row& row) { return row.engine == engine && row.what == beside.what; });
  return found == rows.end() ? nullptr : &*found;
}

} // namespace shardbridge::bench
