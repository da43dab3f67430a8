#include "columns.hpp"

#include "../common/format.hpp"
#include "../common/ratio.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace shardbridge::bench {
namespace {

using field = spread result_row::*;
using rows_type = std::vector<result_row>;

column median(const char* name, int width, field of, int digits) {
  return {"", name, width, [=](const result_row& row) { return format("%.*f", digits, (row.*of).median); }};
}

column range(int width, field of) {
  return {"", "+-", width, [=](const result_row& row) { return format("%.0f%%", (row.*of).relative() * 100); }};
}

/// Of medians; "-" where there is nothing to compare with, which includes the row itself.
column ratio(const char* above, const char* name, int width, field of, auto find_other) {
  return {above, name, width, [=](const result_row& row) {
            const result_row* const other = find_other(row);
            return other == nullptr || other == &row ? "-" : ratio_text(row.*of, other->*of);
          }};
}

double io_wq_percent(const result_row& row) {
  const double all = row.cpu_s_per_million.median;
  return all > 0 ? row.cpu_io_wq_s_per_million.median / all * 100 : 0;
}

void add_rates(std::vector<column>& to) {
  to.push_back(median("IOPS", 10, &result_row::iops, 0));
  to.push_back(range(6, &result_row::iops));
  to.push_back(median("GiB/s", 8, &result_row::gib_per_s, 2));
}

void add_offered(std::vector<column>& to) {
  to.push_back({"", "offered", 10, [](const result_row& row) {
                  return row.offered_per_s ? format("%.0f", row.offered_per_s->median) : "-";
                }});
  to.push_back(median("achieved", 10, &result_row::iops, 0));
  to.push_back({"", "", 2, [](const result_row& row) { return row.falls_behind() ? "!" : ""; }});
}

void add_costs(std::vector<column>& to, const rows_type& rows) {
  to.push_back(median("CPU s/M", 9, &result_row::cpu_s_per_million, 2));
  to.push_back(range(6, &result_row::cpu_s_per_million));
  const auto shows = [](const result_row& row) { return io_wq_percent(row) >= 0.5; };
  if (std::ranges::any_of(rows, shows))
    to.push_back({"", "io-wq", 7, [](const result_row& row) { return format("%.0f%%", io_wq_percent(row)); }});
  to.push_back({"calls", "an op", 7, [](const result_row& row) {
                  return row.syscalls_per_op ? three_digits(row.syscalls_per_op->median) : "-";
                }});
}

void add_ratios(std::vector<column>& to, const rows_type& rows, const char* above, field of) {
  const auto pool = [&rows](const result_row& row) { return best_pool(rows, row.setting); };
  const auto raw = [&rows](const result_row& row) { return find_row(rows, "raw", row.setting); };
  to.push_back(ratio("", "pool", 9, of, pool));
  to.push_back(ratio(above, "raw", 8, of, raw));
}

} // namespace

std::vector<column> columns_for(const std::vector<result_row>& rows) {
  const bool open = rows.front().setting.rate.open();
  std::vector<column> out;
  open ? add_offered(out) : add_rates(out);
  out.push_back(median("p50 us", 10, &result_row::p50_us, 1));
  out.push_back(median("p99 us", 10, &result_row::p99_us, 1));
  out.push_back(median("p99.9 us", 10, &result_row::p999_us, 1));
  add_costs(out, rows);
  if (open)
    add_ratios(out, rows, "p99 times", &result_row::p99_us);
  else
    add_ratios(out, rows, "IOPS times", &result_row::iops);
  add_ratios(out, rows, "CPU times", &result_row::cpu_s_per_million);
  return out;
}

int engine_width(const std::vector<result_row>& rows) {
  std::size_t width = 17;
  for (const result_row& row : rows)
    width = std::max(width, row.label().size());
  return static_cast<int>(width);
}

} // namespace shardbridge::bench
