#include "fairness_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"

namespace shardbridge::bench {
namespace {

constexpr const char* columns =
    R"(                               thousand          of its   least    share of        a   of shard's
together             kind      a second   +-      alone   k/s      the mean     turn         time
)";

constexpr const char* legend =
    R"(Medians over the rounds; +- is half the range. Of its alone: of the rate that the kind has alone, in the same rounds.
Least: in any stretch of the window, and what share of the rate over the round that is. A turn: operations in one turn of
the shard's loop. Of shard's time: a shard does not tell how long it was at what, but busy tasks look at the clock.
)";

std::string text_of(const std::optional<spread>& from, double unit = 1) {
  return from ? three_digits(from->median / unit) : "-";
}

/// "2 us", "100 ms"
std::string time_text(std::chrono::nanoseconds time) {
  const double us = static_cast<double>(time.count()) / 1000;
  return us < 1000 ? format("%g us", us) : format("%g ms", us / 1000);
}

void print_row(std::ostream& out, const fairness_row& row, bool first) {
  const double mean = row.ops_per_s.median;
  out << format("%-20s %-8s %9s %5s %9s %8s %10s %10s %11s\n", first ? name_of(row.subset).c_str() : "",
                load_names[row.kind], three_digits(mean / 1000).c_str(),
                format("%.0f%%", row.ops_per_s.relative() * 100).c_str(), text_of(row.of_alone).c_str(),
                text_of(row.least_per_s, 1000).c_str(),
                row.least_per_s && mean > 0 ? three_digits(row.least_per_s->median / mean).c_str() : "-",
                three_digits(row.per_turn.median).c_str(), text_of(row.time_share).c_str());
}

} // namespace

void print_table(std::ostream& out, const fairness_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  const fairness_setting& what = results.what;
  out << "one shard; bridge: " << count_text(what.clients, "client") << " and "
      << (what.asked == bridge_load::nop ? "no-ops" : "cached reads") << "; disk: " << count_text(what.readers, "task")
      << " that read 4 KiB, " << (what.direct ? "O_DIRECT" : "page cache")
      << "; sockets: " << count_text(what.connections, "pair") << "; tasks: " << what.busy << " that compute "
      << time_text(what.step) << " and yield\n"
      << rounds_text(results.rows.front().rounds, results.seconds) << ", a turn_slice of " << time_text(what.turn_slice)
      << ", a window of " << time_text(what.window) << "; " << machine_text(results.environment) << "\n\n"
      << columns;
  const fairness_row* last = nullptr;
  for (const fairness_row& row : results.rows) {
    const bool first = last == nullptr || last->subset != row.subset;
    if (first && last != nullptr) out << '\n';
    print_row(out, row, first);
    last = &row;
  }
  out << '\n' << legend;
  if (results.stalls != 0) out << "Turns that took longer than stall_bound: " << results.stalls << ".\n";
}

} // namespace shardbridge::bench
