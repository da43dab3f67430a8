#include "wake_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "wake_round.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr const char* columns = "                                   round trip us                  caller us"
                                "            CPU us\n"
                                "core   state     strategy             p50   +-        p99   +-        p50   +-"
                                "      each   +-\n";

constexpr const char* legend =
    R"(Medians over the rounds; +- is half the range. Round trip: two wakes, there and back. Caller: what the waking call
itself takes %lld us after the answer; on one core it may return only when the other thread has run. CPU: of both threads
and the kernel, a round trip. One reading of the clock is in each time. A line of dashes makes no sense: spinning never
sleeps, and on one core neither thread would let the other run.
)";

std::string column(const spread& s) {
  return format("%9s %5s", three_digits(s.median).c_str(), format("%.0f%%", s.relative() * 100).c_str());
}

unsigned rounds_of(const wake_set& results) {
  unsigned rounds = 0;
  for (const auto& row : results.rows)
    if (row.figures) rounds = std::max(rounds, row.figures->rounds);
  return rounds;
}

void print_heading(std::ostream& out, const wake_set& results) {
  out << "waking another thread, " << rounds_text(rounds_of(results), results.seconds)
      << " a cell; who is awake looks for " << environment_text(results.environment, "spin_us")
      << " us before it sleeps\n"
      << machine_text(results.environment) << "\n\n"
      << columns;
}

void print_row(std::ostream& out, const wake_row& row) {
  out << format("%-6s %-9s %-16s ", std::string(to_string(row.core)).c_str(), std::string(to_string(row.state)).c_str(),
                row.strategy.c_str());
  if (row.figures) {
    const wake_figures& f = *row.figures;
    out << column(f.round_trip_p50_us) << ' ' << column(f.round_trip_p99_us) << ' ' << column(f.caller_us) << ' '
        << column(f.cpu_us) << '\n';
  } else if (!row.unavailable.empty()) {
    out << " unavailable: " << row.unavailable << '\n';
  } else {
    out << format("%9s %5s %9s %5s %9s %5s %9s %5s\n", "-", "-", "-", "-", "-", "-", "-", "-");
  }
}

} // namespace

void print_table(std::ostream& out, const wake_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  print_heading(out, results);
  const wake_row* last = nullptr;
  for (const auto& row : results.rows) {
    if (last != nullptr && (last->core != row.core || last->state != row.state)) out << '\n';
    print_row(out, row);
    last = &row;
  }
  out << '\n' << format(legend, static_cast<long long>(call_pause.count()));
}

} // namespace shardbridge::bench
