#include "handoff_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"

#include <algorithm>
#include <cstddef>

namespace shardbridge::bench {
namespace {

// What stands beside the engine.
constexpr const char* rates_columns_above =
    "                                                              CPU us   calls\n";
constexpr const char* rates_columns =
    "    kops/s   +-     post    p50 us    p99 us  p99.9 us     an op   an op  fairness\n";

constexpr const char* rates_legend =
    R"(Medians over the rounds; +- is half the range; post: times the operations of post. Calls: system calls, counted in
rounds of their own. Fairness: the operations of the slowest producer over those of the fastest.
)";

constexpr const char* legs_columns_above =
    "      request wait us              ring us        reply wait us           handler us\n";
constexpr const char* legs_columns =
    "    p50    p99  p99.9    p50    p99  p99.9    p50    p99  p99.9    p50    p99  p99.9\n";

constexpr const char* legs_legend =
    R"(Until the other side takes it; until the shard has its result; until it is delivered to the handler's executor, or
where that cannot be told to the handler itself; until the handler runs. A dash: the engine has no such leg.
)";

void print_heading(std::ostream& out, const handoff_set& results) {
  const handoff_row& first = results.rows.front();
  out << "handing over and back, " << rounds_text(first.rounds, first.seconds) << ", "
      << count_text(first.what.client_threads, "client thread") << ", "
      << (first.what.same_core ? "all on one core" : "on all cores") << ", bridges look again for "
      << static_cast<double>(first.what.spin.count()) / 1000 << " us\n"
      << machine_text(results.environment) << "\n\n";
}

/// Of the column of engines.
int engine_width(const handoff_set& results) {
  std::size_t width = 8;
  for (const handoff_row& row : results.rows)
    width = std::max(width, row.engine.size());
  return static_cast<int>(width);
}

void print_columns(std::ostream& out, int width, const char* above, const char* columns) {
  out << format("%26s%*s", "", width, "") << above << format("shards  producers  depth  %-*s", width, "engine")
      << columns;
}

std::string key_text(const handoff_row& row, int width) {
  return format("%6u  %9u  %5u  %-*s", row.what.shards, row.what.producers, row.what.depth, width, row.engine.c_str());
}

void print_rates(std::ostream& out, const handoff_set& results, const handoff_row& row, int width) {
  const handoff_row* post = find_beside(results.rows, row, "post");
  const bool comparable = post != nullptr && post != &row && post->ops_per_s.median > 0;
  out << key_text(row, width)
      << format("  %8s %4.0f%%  %7s %9s %9s %9s  %9s %7s  %8.2f\n", three_digits(row.ops_per_s.median / 1000).c_str(),
                row.ops_per_s.relative() * 100,
                comparable ? three_digits(row.ops_per_s.median / post->ops_per_s.median).c_str() : "-",
                three_digits(row.latency.p50_us.median).c_str(), three_digits(row.latency.p99_us.median).c_str(),
                three_digits(row.latency.p999_us.median).c_str(), three_digits(row.cpu_us_per_op.median).c_str(),
                row.syscalls_per_op ? three_digits(row.syscalls_per_op->median).c_str() : "-", row.fairness.median);
}

void print_legs(std::ostream& out, const handoff_row& row, int width) {
  out << key_text(row, width);
  for (const auto& leg : row.legs) {
    const auto text = [&](spread percentiles::*which) {
      return leg ? three_digits(((*leg).*which).median) : std::string("-");
    };
    out << format(" %6s %6s %6s", text(&percentiles::p50_us).c_str(), text(&percentiles::p99_us).c_str(),
                  text(&percentiles::p999_us).c_str());
  }
  out << '\n';
}

template <class Print>
void print_rows(std::ostream& out, const handoff_set& results, Print print) {
  const handoff_row* last = nullptr;
  for (const auto& row : results.rows) {
    if (last != nullptr && last->what != row.what) out << '\n';
    print(row);
    last = &row;
  }
  out << '\n';
}

} // namespace

void print_table(std::ostream& out, const handoff_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  print_heading(out, results);
  const int width = engine_width(results);
  print_columns(out, width, rates_columns_above, rates_columns);
  print_rows(out, results, [&](const handoff_row& row) { print_rates(out, results, row, width); });
  out << rates_legend << '\n';
  print_columns(out, width, legs_columns_above, legs_columns);
  print_rows(out, results, [&](const handoff_row& row) { print_legs(out, row, width); });
  out << legs_legend;
}

} // namespace shardbridge::bench
