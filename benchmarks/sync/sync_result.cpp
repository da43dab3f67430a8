#include "sync_result.hpp"

#include "../common/microseconds.hpp"
#include "../results/spread_json.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

spread rate_of(const std::vector<sync_round>& rounds) {
  return spread_over(rounds, [](const sync_round& round) { return round.ops_per_s(); });
}

template <class Value>
spread ratio(const std::vector<sync_round>& mine, const std::vector<sync_round>& others, Value value) {
  std::vector<double> samples;
  for (std::size_t i = 0; i != std::min(mine.size(), others.size()); ++i)
    if (const double other = value(others[i]); other > 0) samples.push_back(value(mine[i]) / other);
  return spread_of(std::move(samples));
}

std::optional<sync_ratios> ratios(const sync_entrant& mine, const sync_entrant* other) {
  if (other == nullptr || other->plan == mine.plan) return {};
  return sync_ratios{
      ratio(*mine.rounds, *other->rounds, [](const sync_round& round) { return round.ops_per_s(); }),
      ratio(*mine.rounds, *other->rounds, [](const sync_round& round) { return round.cpu_s_per_million(); })};
}

const sync_entrant* best_pool(const std::vector<sync_entrant>& entrants) {
  const sync_entrant* best = nullptr;
  for (const auto& each : entrants)
    if (each.plan->pool_threads && (best == nullptr || rate_of(*each.rounds).median > rate_of(*best->rounds).median))
      best = &each;
  return best;
}

sync_row row_of(const sync_setting& what, const sync_entrant& from) {
  const auto quantile_us = [&](double q) {
    return spread_over(*from.rounds,
                       [q](const sync_round& round) { return microseconds(round.totals.latency.quantile(q)); });
  };
  sync_row row;
  row.engine = from.plan->name;
  row.pool_threads = from.plan->pool_threads;
  row.what = what;
  row.rounds = static_cast<unsigned>(from.rounds->size());
  row.ops_per_s = rate_of(*from.rounds);
  row.p50_us = quantile_us(0.5);
  row.p99_us = quantile_us(0.99);
  row.p999_us = quantile_us(0.999);
  row.cpu_s_per_million = spread_over(*from.rounds, [](const sync_round& round) { return round.cpu_s_per_million(); });
  row.writes_per_sync = spread_over(*from.rounds, [](const sync_round& round) { return round.writes_per_sync(); });
  for (const auto& round : *from.rounds) {
    row.operations += round.operations();
    row.syncs += round.syncs;
    row.errors += round.totals.went_wrong.errors;
    row.wrong_blocks += round.totals.went_wrong.wrong_blocks;
  }
  return row;
}

json json_of(const std::optional<sync_ratios>& from) {
  return from ? json{{"rate", from->rate}, {"cpu", from->cpu}} : json(nullptr);
}

} // namespace

std::vector<sync_row> summarize(const sync_setting& what, const std::vector<sync_entrant>& entrants) {
  const sync_entrant* const pool = best_pool(entrants);
  const auto raw = std::ranges::find(entrants, "raw", [](const sync_entrant& each) { return each.plan->name; });
  std::vector<sync_row> rows;
  for (const auto& each : entrants) {
    sync_row row = row_of(what, each);
    row.of_pool = ratios(each, pool);
    row.of_raw = ratios(each, raw != entrants.end() ? &*raw : nullptr);
    rows.push_back(std::move(row));
  }
  return rows;
}

void to_json(json& to, const sync_set& from) {
  to = {{"environment", from.environment}, {"results", json::array()}};
  for (const auto& row : from.rows) {
    json one{{"engine", row.engine}, {"depth", row.what.depth}, {"block", row.what.block}, {"direct", row.what.direct}};
    one["pool_threads"] = row.pool_threads ? json(*row.pool_threads) : json(nullptr);
    one["rounds"] = row.rounds;
    one["seconds"] = from.seconds;
    one["ops_per_s"] = row.ops_per_s;
    one["p50_us"] = row.p50_us;
    one["p99_us"] = row.p99_us;
    one["p999_us"] = row.p999_us;
    one["cpu_s_per_million"] = row.cpu_s_per_million;
    one["writes_per_sync"] = row.writes_per_sync;
    one["of_best_pool"] = json_of(row.of_pool);
    one["of_raw"] = json_of(row.of_raw);
    one["operations"] = row.operations;
    one["syncs"] = row.syncs;
    one["errors"] = row.errors;
    one["wrong_blocks"] = row.wrong_blocks;
    to["results"].push_back(std::move(one));
  }
}

} // namespace shardbridge::bench
