#include "pressure_summary.hpp"

#include <algorithm>
#include <chrono>

namespace shardbridge::bench {
namespace {

using rounds_of_one = std::vector<pressure_round>;
using histogram = shardbridge::latency_histogram;

double quantile_ms(const histogram& of, double q) {
  return std::chrono::duration<double, std::milli>(of.quantile(q)).count();
}

latency_summary latency_over(const rounds_of_one& rounds, phase_totals pressure_round::*in,
                             histogram phase_totals::*from) {
  const auto quantile = [&](double q) {
    return spread_over(rounds, [&](const pressure_round& round) { return quantile_ms(round.*in.*from, q); });
  };
  return {.p50_ms = quantile(0.5), .p99_ms = quantile(0.99), .p999_ms = quantile(0.999), .max_ms = quantile(1)};
}

/// Round by round: a slow hour meets both sides of a ratio alike.
spread p99_ratio_over(const rounds_of_one& rounds, histogram phase_totals::*from) {
  std::vector<double> ratios;
  for (const auto& round : rounds)
    if (const double base = quantile_ms(round.base.*from, 0.99); base > 0)
      ratios.push_back(quantile_ms(round.overload.*from, 0.99) / base);
  return spread_of(std::move(ratios));
}

spread rate_over(const rounds_of_one& rounds, std::uint64_t snapshot::*count) {
  return spread_over(rounds,
                     [count](const pressure_round& round) { return rate_in(round.samples, phase::overload, count); });
}

void summarize_memory(pressure_row& row, const pressure_setting& what, const rounds_of_one& rounds) {
  constexpr double mib = 1U << 20;
  const auto over_rounds = [&](auto value) {
    return spread_over(rounds, [&](const pressure_round& round) {
      // The longest burst decides how much is kept, and is seldom among the first. What ended early because of its
      // memory had less time to settle.
      const double settle = std::min(std::max(what.settle_seconds(), what.seconds / 6), round.overload_seconds / 4);
      return value(memory_of(round.samples, settle));
    });
  };
  row.memory_before_mib = over_rounds([](const memory_use& use) { return use.before / mib; });
  row.memory_settled_mib = over_rounds([](const memory_use& use) { return use.settled / mib; });
  row.memory_peak_mib = over_rounds([](const memory_use& use) { return use.peak / mib; });
  row.memory_growth_percent = over_rounds([](const memory_use& use) { return use.growth_percent(); });
}

void summarize_levels(pressure_row& row, const rounds_of_one& rounds) {
  row.level_changes =
      spread_over(rounds, [](const pressure_round& round) { return static_cast<double>(round.level_changes_told); });
  row.level_changes_all_told = std::ranges::all_of(
      rounds, [](const pressure_round& round) { return round.level_changes_told == round.level_changes_counted; });
  for (std::size_t level = 0; level != row.percent_in_level.size(); ++level)
    row.percent_in_level[level] = spread_over(rounds, [level](const pressure_round& round) {
      return round.overload_seconds > 0 ? round.seconds_in_level[level] / round.overload_seconds * 100 : 0;
    });
}

operation_sums sums_of(const rounds_of_one& rounds, phase_totals pressure_round::*in) {
  operation_sums sums;
  for (const auto& round : rounds) {
    const phase_totals& totals = round.*in;
    sums.offered += totals.offered;
    sums.completed += totals.completed;
    sums.refused += totals.refused;
    sums.abandoned += totals.abandoned;
    sums.errors += totals.went_wrong.errors;
  }
  return sums;
}

} // namespace

std::string label_of(const pressure_setting& what) {
  pressure_row row;
  row.engine = to_string(what.engine);
  if (what.engine == pressure_kind::pool) row.pool_threads = what.pool_threads;
  return row.label();
}

pressure_row summarize(const pressure_setting& what, const rounds_of_one& rounds) {
  pressure_row row;
  row.engine = to_string(what.engine);
  if (what.engine == pressure_kind::pool) row.pool_threads = what.pool_threads;
  row.rounds = static_cast<unsigned>(rounds.size());
  row.overload_seconds = spread_over(rounds, [](const pressure_round& round) { return round.overload_seconds; });
  row.rounds_at_memory_limit =
      static_cast<unsigned>(std::ranges::count(rounds, true, &pressure_round::at_memory_limit));

  row.capacity = spread_over(rounds, [](const pressure_round& round) { return round.capacity; });
  row.base_rate = spread_over(rounds, [](const pressure_round& round) { return round.base_rate; });
  row.offered = rate_over(rounds, &snapshot::offered);
  row.admitted = rate_over(rounds, &snapshot::admitted);
  row.completed = rate_over(rounds, &snapshot::completed);
  row.refused = rate_over(rounds, &snapshot::refused);
  row.longest_queue = spread_over(rounds, [](const pressure_round& round) {
    return static_cast<double>(longest_queue(round.samples, phase::overload));
  });
  row.most_operations =
      spread_over(rounds, [](const pressure_round& round) { return static_cast<double>(round.most_operations); });
  summarize_memory(row, what, rounds);
  summarize_levels(row, rounds);

  row.base_from_initiation = latency_over(rounds, &pressure_round::base, &phase_totals::from_initiation);
  row.base_from_admission = latency_over(rounds, &pressure_round::base, &phase_totals::from_admission);
  row.from_intended = latency_over(rounds, &pressure_round::overload, &phase_totals::from_intended);
  row.from_initiation = latency_over(rounds, &pressure_round::overload, &phase_totals::from_initiation);
  row.from_admission = latency_over(rounds, &pressure_round::overload, &phase_totals::from_admission);
  row.p99_ratio_from_initiation = p99_ratio_over(rounds, &phase_totals::from_initiation);
  row.p99_ratio_from_admission = p99_ratio_over(rounds, &phase_totals::from_admission);

  row.base_sums = sums_of(rounds, &pressure_round::base);
  row.overload_sums = sums_of(rounds, &pressure_round::overload);
  if (!rounds.empty()) {
    row.samples = rounds.front().samples;
    row.first_level_changes = rounds.front().level_changes;
  }
  return row;
}

} // namespace shardbridge::bench
