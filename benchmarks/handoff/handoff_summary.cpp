#include "handoff_summary.hpp"

#include "../common/microseconds.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

template <class Histogram>
percentiles percentiles_over(const std::vector<handoff_round>& rounds, Histogram histogram) {
  const auto quantile_us = [&](double q) {
    return spread_over(rounds, [&](const handoff_round& round) { return microseconds(histogram(round).quantile(q)); });
  };
  return {.p50_us = quantile_us(0.5), .p99_us = quantile_us(0.99), .p999_us = quantile_us(0.999)};
}

std::optional<percentiles> leg_over(const std::vector<handoff_round>& rounds, std::size_t leg) {
  const auto histogram = [leg](const handoff_round& round) -> const auto& { return round.totals.legs[leg]; };
  if (std::ranges::all_of(rounds, [&](const handoff_round& round) { return histogram(round).count() == 0; })) return {};
  return percentiles_over(rounds, histogram);
}

/// A round that the user cut short may have gone without its count.
std::optional<spread> syscalls_over(const std::vector<handoff_round>& rounds) {
  std::vector<double> samples;
  for (const auto& round : rounds)
    if (round.syscalls_per_op) samples.push_back(*round.syscalls_per_op);
  if (samples.empty()) return {};
  return spread_of(std::move(samples));
}

} // namespace

handoff_row summarize(const std::string& engine, const handoff_setting& what, double seconds,
                      const std::vector<handoff_round>& rounds) {
  handoff_row row;
  row.engine = engine;
  row.what = what;
  row.rounds = static_cast<unsigned>(rounds.size());
  row.seconds = seconds;
  row.ops_per_s = spread_over(rounds, [](const handoff_round& round) { return round.ops_per_s(); });
  row.latency =
      percentiles_over(rounds, [](const handoff_round& round) -> const auto& { return round.totals.latency; });
  row.cpu_us_per_op = spread_over(rounds, [](const handoff_round& round) { return round.cpu_us_per_op(); });
  row.syscalls_per_op = syscalls_over(rounds);
  row.fairness = spread_over(rounds, [](const handoff_round& round) { return round.fairness(); });
  for (std::size_t leg = 0; leg != row.legs.size(); ++leg)
    row.legs[leg] = leg_over(rounds, leg);
  for (const auto& round : rounds) {
    row.initiated += round.initiated;
    row.operations += round.operations();
    row.errors += round.totals.went_wrong.errors;
  }
  return row;
}

} // namespace shardbridge::bench
