#include "echo_result.hpp"

#include "../common/microseconds.hpp"
#include "../results/spread_json.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

double rate(const echo_round& round) {
  return static_cast<double>(round.seen.requests) / round.seen.seconds;
}

std::optional<spread> system_calls_of(const std::vector<echo_round>& rounds) {
  const bool counted =
      std::ranges::all_of(rounds, [](const echo_round& each) { return each.system_calls.has_value(); });
  if (!counted) return std::nullopt;
  return spread_over(rounds, [](const echo_round& each) { return *each.system_calls; });
}

spread ratios(const std::vector<echo_round>& rounds, const std::vector<echo_round>& others) {
  std::vector<double> all;
  for (std::size_t each = 0; each < std::min(rounds.size(), others.size()); ++each)
    all.push_back(rate(rounds[each]) / rate(others[each]));
  return spread_of(std::move(all));
}

json json_of(const std::optional<spread>& from) {
  return from ? json(*from) : json(nullptr);
}

} // namespace

echo_row summarize(const std::string& engine, const echo_setting& what, const std::vector<echo_round>& rounds,
                   const std::vector<echo_round>* asio) {
  echo_row row;
  row.engine = engine;
  row.what = what;
  row.rounds = static_cast<unsigned>(rounds.size());
  for (const echo_round& each : rounds)
    row.requests += each.seen.requests;
  row.requests_per_second = spread_over(rounds, rate);
  row.trip_p50_us =
      spread_over(rounds, [](const echo_round& each) { return microseconds(each.seen.trips.quantile(0.5)); });
  row.trip_p99_us =
      spread_over(rounds, [](const echo_round& each) { return microseconds(each.seen.trips.quantile(0.99)); });
  row.server_cpu_us = spread_over(rounds, [](const echo_round& each) {
    return each.server_cpu_seconds * 1e6 / static_cast<double>(each.seen.requests);
  });
  row.system_calls = system_calls_of(rounds);
  if (asio != nullptr) row.times_asio = ratios(rounds, *asio);
  return row;
}

void to_json(json& to, const echo_set& from) {
  to = {{"environment", from.environment}, {"results", json::array()}};
  for (const echo_row& row : from.rows) {
    to["results"].push_back({{"engine", row.engine},
                             {"connections", row.what.connections},
                             {"pipeline", row.what.pipeline},
                             {"bytes", row.what.bytes},
                             {"rounds", row.rounds},
                             {"seconds", from.seconds},
                             {"requests", row.requests},
                             {"requests_per_second", row.requests_per_second},
                             {"trip_p50_us", row.trip_p50_us},
                             {"trip_p99_us", row.trip_p99_us},
                             {"server_cpu_us", row.server_cpu_us},
                             {"system_calls", json_of(row.system_calls)},
                             {"times_asio", json_of(row.times_asio)}});
  }
}

} // namespace shardbridge::bench
