#include "sync_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"

namespace shardbridge::bench {
namespace {

constexpr const char* columns =
    R"(                        durable                                                    writes    rate times      CPU times
clients  engine        writes/s   +-    p50 us    p99 us  p99.9 us  CPU s/M   +-   a sync   pool    raw    pool    raw
)";

constexpr const char* legend =
    R"(Medians over the rounds; +- is half the range. CPU s/M: CPU seconds for a million writes. Times: of the best pool's and
of raw's in the same rounds; a dash where there is none to compare with, or where rounds differ by more than the ratio.
)";

std::string percent(const spread& of) {
  return format("%.0f%%", of.relative() * 100);
}

std::string ratio_text(const std::optional<sync_ratios>& ratios, spread sync_ratios::*which) {
  if (!ratios) return "-";
  const spread& of = (*ratios).*which;
  return of.median > 0 && of.max - of.min <= of.median ? three_digits(of.median) : "-";
}

void print_row(std::ostream& out, const sync_row& row) {
  out << format("%7u  %-14s %7.0f %5s %8s  %8s  %8s  %7s %5s  %6s  %5s  %5s   %5s  %5s\n", row.what.depth,
                row.label().c_str(), row.ops_per_s.median, percent(row.ops_per_s).c_str(),
                three_digits(row.p50_us.median).c_str(), three_digits(row.p99_us.median).c_str(),
                three_digits(row.p999_us.median).c_str(), three_digits(row.cpu_s_per_million.median).c_str(),
                percent(row.cpu_s_per_million).c_str(), three_digits(row.writes_per_sync.median).c_str(),
                ratio_text(row.of_pool, &sync_ratios::rate).c_str(), ratio_text(row.of_raw, &sync_ratios::rate).c_str(),
                ratio_text(row.of_pool, &sync_ratios::cpu).c_str(), ratio_text(row.of_raw, &sync_ratios::cpu).c_str());
}

} // namespace

void print_table(std::ostream& out, const sync_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  const sync_setting& first = results.rows.front().what;
  out << "clients that write " << size_text(first.block) << " and have it durable before they go on, "
      << (first.direct ? "O_DIRECT" : "page cache") << ", " << environment_text(results.environment, "file") << " ("
      << environment_text(results.environment, "file_system") << ")\n"
      << rounds_text(results.rows.front().rounds, results.seconds) << "; " << machine_text(results.environment)
      << "\n\n"
      << columns;
  const sync_row* last = nullptr;
  for (const sync_row& row : results.rows) {
    if (last != nullptr && last->what.depth != row.what.depth) out << '\n';
    print_row(out, row);
    last = &row;
  }
  out << '\n' << legend;
}

} // namespace shardbridge::bench
