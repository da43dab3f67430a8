#include "fairness_result.hpp"

#include "../results/spread_json.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;
using rounds = std::vector<fairness_round>;

std::optional<spread> of_alone(const rounds& mine, const rounds* alone, std::size_t kind) {
  if (alone == nullptr || alone == &mine) return {};
  std::vector<double> samples;
  for (std::size_t i = 0; i != std::min(mine.size(), alone->size()); ++i)
    if (const double rate = (*alone)[i].per_s(kind); rate > 0) samples.push_back(mine[i].per_s(kind) / rate);
  if (samples.empty()) return {};
  return spread_of(std::move(samples));
}

std::optional<spread> least_of(const rounds& mine, std::size_t kind) {
  std::vector<double> samples;
  for (const auto& round : mine)
    if (const auto& least = round.loads[kind].least_per_s) samples.push_back(*least);
  if (samples.empty()) return {};
  return spread_of(std::move(samples));
}

fairness_row row_of(const fairness_entrant& from, const rounds* alone, std::size_t kind) {
  fairness_row row;
  row.subset = from.subset;
  row.kind = kind;
  row.rounds = static_cast<unsigned>(from.rounds->size());
  row.ops_per_s = spread_over(*from.rounds, [kind](const fairness_round& round) { return round.per_s(kind); });
  row.of_alone = of_alone(*from.rounds, alone, kind);
  row.least_per_s = least_of(*from.rounds, kind);
  row.per_turn = spread_over(*from.rounds, [kind](const fairness_round& round) {
    const auto turns = static_cast<double>(std::max<std::uint64_t>(round.turns, 1));
    return static_cast<double>(round.loads[kind].operations) / turns;
  });
  if (kind == index_of(load_kind::tasks))
    row.time_share =
        spread_over(*from.rounds, [](const fairness_round& round) { return round.computed_seconds / round.seconds; });
  for (const auto& round : *from.rounds)
    row.operations += round.loads[kind].operations;
  return row;
}

json json_of(const std::optional<spread>& from) {
  return from ? json(*from) : json(nullptr);
}

} // namespace

std::vector<fairness_row> summarize(const std::vector<fairness_entrant>& entrants) {
  std::vector<fairness_row> rows;
  for (const auto& each : entrants)
    for (std::size_t kind = 0; kind != load_kinds; ++kind) {
      if (!each.subset[kind]) continue;
      const auto alone = std::ranges::find(entrants, load_subset(1UL << kind), &fairness_entrant::subset);
      rows.push_back(row_of(each, alone != entrants.end() ? alone->rounds : nullptr, kind));
    }
  return rows;
}

void to_json(json& to, const fairness_set& from) {
  const fairness_setting& what = from.what;
  const auto us = [](std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1000; };
  to = {{"environment", from.environment},
        {"setting",
         {{"bridge", what.asked == bridge_load::nop ? "nop" : "read"},
          {"clients", what.clients},
          {"readers", what.readers},
          {"connections", what.connections},
          {"busy", what.busy},
          {"step_us", us(what.step)},
          {"turn_slice_us", us(what.turn_slice)},
          {"window_us", us(what.window)},
          {"direct", what.direct}}},
        {"stalls", from.stalls},
        {"errors", from.errors},
        {"results", json::array()}};
  for (const fairness_row& row : from.rows)
    to["results"].push_back({{"kind", load_names[row.kind]},
                             {"loads", name_of(row.subset)},
                             {"rounds", row.rounds},
                             {"seconds", from.seconds},
                             {"ops_per_s", row.ops_per_s},
                             {"of_alone", json_of(row.of_alone)},
                             {"least_ops_per_s", json_of(row.least_per_s)},
                             {"per_turn", row.per_turn},
                             {"time_share", json_of(row.time_share)},
                             {"operations", row.operations}});
}

} // namespace shardbridge::bench
