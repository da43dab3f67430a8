#include "scale_table.hpp"

#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "../common/ratio.hpp"
#include "columns.hpp"

#include <algorithm>
#include <string>

namespace shardbridge::bench {
namespace {

std::string threads_by_shards(const load_case& setting) {
  return std::to_string(setting.client_threads) + "x" + std::to_string(setting.shards);
}

/// Shards and client threads that occur, as cases of the first block size and depth.
std::vector<load_case> columns_of(const std::vector<result_row>& rows) {
  std::vector<load_case> columns = cases_of(rows);
  for (load_case& each : columns) {
    each.block = columns.front().block;
    each.depth = columns.front().depth;
    each.rate = columns.front().rate;
  }
  std::ranges::sort(columns);
  columns.erase(std::ranges::unique(columns).begin(), columns.end());
  return columns;
}

const result_row* find_like(const std::vector<result_row>& rows, const result_row& like, const load_case& column) {
  load_case wanted = like.setting;
  wanted.shards = column.shards;
  wanted.client_threads = column.client_threads;
  const auto found = std::ranges::find_if(
      rows, [&](const result_row& row) { return row.label() == like.label() && row.setting == wanted; });
  return found == rows.end() ? nullptr : &*found;
}

std::string text_for(const result_row* there, const result_row& first) {
  if (there == nullptr) return "-";
  return there == &first ? "1.00" : ratio_text(there->iops, first.iops);
}

} // namespace

void print_scaling(std::ostream& out, const std::vector<result_row>& rows) {
  const auto columns = columns_of(rows);
  if (columns.size() < 2 || columns.front().rate.open()) return; // what is offered says how much an open loop does
  const int width = engine_width(rows);
  out << "\nIOPS as so many times those of the first case; client threads x shards:\n";
  out << format("  block  depth  %-*s", width, "engine");
  for (const load_case& each : columns)
    out << format(" %7s", threads_by_shards(each).c_str());
  out << '\n';
  for (const result_row& row : rows) {
    // A line for each engine stands where its first case is.
    const auto first =
        std::ranges::find_if(columns, [&](const load_case& c) { return find_like(rows, row, c) != nullptr; });
    if (find_like(rows, row, *first) != &row) continue;
    out << format("%7s  %5u  %-*s", size_text(row.setting.block).c_str(), row.setting.depth, width,
                  row.label().c_str());
    for (const load_case& each : columns) {
      const result_row* there = find_like(rows, row, each);
      out << format(" %7s", text_for(there, row).c_str());
    }
    out << '\n';
  }
}

} // namespace shardbridge::bench
