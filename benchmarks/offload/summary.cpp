#include "summary.hpp"

#include "../common/microseconds.hpp"

namespace shardbridge::bench {

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
  row.iops = over_rounds([](const round_result& round) { return round.iops(); });
  row.gib_per_s = over_rounds([](const round_result& round) { return round.gib_per_s(); });
  row.p50_us = quantile_us(0.5);
  row.p99_us = quantile_us(0.99);
  row.p999_us = quantile_us(0.999);
  row.cpu_s_per_million = over_rounds([](const round_result& round) { return round.cpu_s_per_million(); });
  for (const auto& round : rounds) {
    row.operations += round.totals.operations;
    row.errors += round.totals.errors;
    row.timeouts += round.totals.timeouts;
    row.cancelled += round.totals.cancelled;
    row.wrong_blocks += round.totals.wrong_blocks;
  }
  return row;
}

} // namespace shardbridge::bench
