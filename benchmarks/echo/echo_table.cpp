#include "echo_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"

namespace shardbridge::bench {
namespace {

constexpr const char* columns =
    "                              thousand            round trip us        server, a request\n"
    "connections  pipeline  engine        requests/s   +-     p50    p99   CPU us  system calls"
    "   asio = 1   +-\n";

constexpr const char* legend = R"(
Medians over the rounds; +- is half the range. Round trip: from before a connection's requests are sent together until
all their answers are there. System calls are counted in a part of each round that is not timed.
)";

std::string times(const std::optional<spread>& what) {
  if (!what) return format("%10s %5s", "-", "-");
  return format("%10.2f %5s", what->median, format("%.0f%%", what->relative() * 100).c_str());
}

void print_row(std::ostream& out, const echo_row& row) {
  const std::string calls = row.system_calls ? three_digits(row.system_calls->median) : "-";
  out << format("%11u  %8u  %-13s %9s %5s %7s %6s %8s  %12s  ", row.what.connections, row.what.pipeline,
                row.engine.c_str(), three_digits(row.requests_per_second.median / 1000).c_str(),
                format("%.0f%%", row.requests_per_second.relative() * 100).c_str(),
                three_digits(row.trip_p50_us.median).c_str(), three_digits(row.trip_p99_us.median).c_str(),
                three_digits(row.server_cpu_us.median).c_str(), calls.c_str())
      << times(row.times_asio) << '\n';
}

} // namespace

void print_table(std::ostream& out, const echo_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  out << "echo over TCP and the loopback, " << results.rows.front().what.bytes << " bytes, "
      << rounds_text(results.rows.front().rounds, results.seconds) << " an engine; server and client have a core each\n"
      << machine_text(results.environment) << "\n\n"
      << columns;
  const echo_row* last = nullptr;
  for (const echo_row& row : results.rows) {
    const bool another =
        last != nullptr && (last->what.connections != row.what.connections || last->what.pipeline != row.what.pipeline);
    if (another) out << '\n';
    print_row(out, row);
    last = &row;
  }
  out << legend;
}

} // namespace shardbridge::bench
