#include "summary.hpp"

#include "../common/microseconds.hpp"

namespace shardbridge::bench {
namespace {

round_sample sample_of(const round_result& round) {
  const auto quantile_us = [&](double q) { return microseconds(round.totals.latency.quantile(q)); };
  return {.seconds = round.seconds,
          .iops = round.iops(),
          .gib_per_s = round.gib_per_s(),
          .p50_us = quantile_us(0.5),
          .p99_us = quantile_us(0.99),
          .p999_us = quantile_us(0.999),
          .max_us = quantile_us(1),
          .user_s = round.usage.user_seconds,
          .system_s = round.usage.system_seconds,
          .voluntary_switches = round.usage.voluntary_switches,
          .involuntary_switches = round.usage.involuntary_switches,
          .operations = round.totals.operations,
          .errors = round.totals.errors,
          .timeouts = round.totals.timeouts,
          .cancelled = round.totals.cancelled,
          .wrong_blocks = round.totals.wrong_blocks,
          .io_wq_s = round.io_wq_seconds,
          .due = round.due,
          .not_begun = round.not_begun(),
          .syscalls_per_op = round.syscalls_per_op};
}

/// Nothing where no round could count them.
std::optional<spread> syscalls_over(const std::vector<round_result>& rounds) {
  std::vector<double> samples;
  for (const auto& round : rounds)
    if (round.syscalls_per_op) samples.push_back(*round.syscalls_per_op);
  return samples.empty() ? std::nullopt : std::optional(spread_of(std::move(samples)));
}

} // namespace

result_row summarize(const offload_options& options, const engine_plan& plan, const load_case& setting,
                     const std::vector<round_result>& rounds) {
  const auto over_rounds = [&](auto value) { return spread_over(rounds, value); };
  const auto quantile_us = [&](double q) {
    return over_rounds([q](const round_result& round) { return microseconds(round.totals.latency.quantile(q)); });
  };

  result_row row;
  row.engine = plan.name;
  row.rw = to_string(options.base.rw);
  row.setting = setting;
  row.direct = options.base.direct;
  row.pool_threads = plan.pool_threads;
  row.rounds = static_cast<unsigned>(rounds.size());
  row.seconds = options.seconds;
  if (setting.rate.open())
    row.offered_per_s = over_rounds([](const round_result& round) { return round.offered_per_s(); });
  row.iops = over_rounds([](const round_result& round) { return round.iops(); });
  row.gib_per_s = over_rounds([](const round_result& round) { return round.gib_per_s(); });
  row.p50_us = quantile_us(0.5);
  row.p99_us = quantile_us(0.99);
  row.p999_us = quantile_us(0.999);
  row.cpu_s_per_million = over_rounds([](const round_result& round) { return round.cpu_s_per_million(); });
  row.cpu_user_s_per_million =
      over_rounds([](const round_result& round) { return round.per_operation(round.usage.user_seconds) * 1e6; });
  row.cpu_system_s_per_million =
      over_rounds([](const round_result& round) { return round.per_operation(round.usage.system_seconds) * 1e6; });
  row.cpu_io_wq_s_per_million =
      over_rounds([](const round_result& round) { return round.per_operation(round.io_wq_seconds) * 1e6; });
  row.voluntary_switches_per_op = over_rounds([](const round_result& round) {
    return round.per_operation(static_cast<double>(round.usage.voluntary_switches));
  });
  row.involuntary_switches_per_op = over_rounds([](const round_result& round) {
    return round.per_operation(static_cast<double>(round.usage.involuntary_switches));
  });
  row.syscalls_per_op = syscalls_over(rounds);
  for (const auto& round : rounds) {
    row.samples.push_back(sample_of(round));
    row.latency.merge(round.totals.latency);
    row.operations += round.totals.operations;
    row.errors += round.totals.errors;
    row.timeouts += round.totals.timeouts;
    row.cancelled += round.totals.cancelled;
    row.wrong_blocks += round.totals.wrong_blocks;
    row.due += round.due;
    row.not_begun += round.not_begun();
  }
  return row;
}

} // namespace shardbridge::bench
