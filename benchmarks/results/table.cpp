#include "table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"

namespace shardbridge::bench {
namespace {

std::string percent(const spread& s) {
  return format("%.0f%%", s.relative() * 100);
}

/// A ratio of medians; "-" where there is nothing to compare with, which includes the row itself.
std::string ratio(const spread& mine, const result_row& row, const result_row* other, spread result_row::*field) {
  if (other == nullptr || other == &row || (other->*field).median <= 0) return "-";
  return format("%.2f", mine.median / (other->*field).median);
}

void print_heading(std::ostream& out, const result_set& results) {
  const auto& environment = results.environment;
  const result_row& first = results.rows.front();
  out << first.rw << ", blocks of " << size_text(first.block) << (first.direct ? ", O_DIRECT" : ", page cache") << ", "
      << environment_text(environment, "file") << " (" << size_text(environment.value("size", std::uint64_t{0})) << ", "
      << environment_text(environment, "file_system") << ")\n"
      << rounds_text(first.rounds, first.seconds) << ", " << count_text(first.shards, "shard") << "; "
      << machine_text(environment) << "\n\n";
}

void print_row(std::ostream& out, const result_set& results, const result_row& row) {
  const result_row* pool = best_pool(results.rows, row.depth);
  const result_row* raw = find_row(results.rows, "raw", row.depth);
  out << format("%5u  %-17s %9.0f %5s %7.2f %9.1f %9.1f %9.1f %8.2f %5s  %7s %7s  %7s %7s\n", row.depth,
                row.label().c_str(), row.iops.median, percent(row.iops).c_str(), row.gib_per_s.median,
                row.p50_us.median, row.p99_us.median, row.p999_us.median, row.cpu_s_per_million.median,
                percent(row.cpu_s_per_million).c_str(), ratio(row.iops, row, pool, &result_row::iops).c_str(),
                ratio(row.iops, row, raw, &result_row::iops).c_str(),
                ratio(row.cpu_s_per_million, row, pool, &result_row::cpu_s_per_million).c_str(),
                ratio(row.cpu_s_per_million, row, raw, &result_row::cpu_s_per_million).c_str());
}

void print_incidents(std::ostream& out, const result_row& row) {
  if (row.errors + row.timeouts + row.cancelled + row.wrong_blocks == 0) return;
  out << format("depth %u, %s: %llu operations, %llu timeouts, %llu cancelled, %llu errors, %llu wrong blocks\n",
                row.depth, row.label().c_str(), static_cast<unsigned long long>(row.operations),
                static_cast<unsigned long long>(row.timeouts), static_cast<unsigned long long>(row.cancelled),
                static_cast<unsigned long long>(row.errors), static_cast<unsigned long long>(row.wrong_blocks));
}

} // namespace

void print_table(std::ostream& out, const result_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  print_heading(out, results);
  out << "                                                                                        "
         "      IOPS times       CPU times\n"
         "depth  engine                 IOPS   +-    GiB/s    p50 us    p99 us  p99.9 us  CPU s/M   +-"
         "     pool     raw     pool     raw\n";
  for (const unsigned depth : depths_of(results.rows)) {
    for (const auto& row : results.rows)
      if (row.depth == depth) print_row(out, results, row);
    out << '\n';
  }
  out << "Medians over the rounds; +- is half the range. CPU s/M: CPU seconds for a million operations. Ratios are to "
         "the\n"
         "best pool of that depth, and to raw.\n";
  for (const auto& row : results.rows)
    print_incidents(out, row);
}

std::string conclusion(const result_set& results) {
  const auto depths = depths_of(results.rows);
  if (depths.empty()) return {};
  const unsigned depth = depths.back();
  const result_row* bridge = find_row(results.rows, "bridge", depth);
  const result_row* pool = best_pool(results.rows, depth);
  const result_row* raw = find_row(results.rows, "raw", depth);
  const result_row* shared = find_row(results.rows, "asio-file-shared", depth);
  if (bridge == nullptr || bridge->iops.median <= 0) return {};

  std::string sentence =
      format("At depth %u the bridge makes %.1f thousand operations a second", depth, bridge->iops.median / 1000);
  std::string separator = ": ";
  const auto add = [&](const std::string& part) {
    sentence += separator + part;
    separator = ", ";
  };
  if (raw != nullptr && raw->iops.median > 0)
    add(format("%.2f of the raw ring's rate", bridge->iops.median / raw->iops.median));
  if (shared != nullptr && shared->iops.median > 0)
    add(format("%.1f times that of one shared Asio file object", bridge->iops.median / shared->iops.median));
  if (pool != nullptr && pool->iops.median > 0 && bridge->cpu_s_per_million.median > 0) {
    const double less = pool->cpu_s_per_million.median / bridge->cpu_s_per_million.median;
    add(format("%.2f times that of the best thread pool (%u threads) with %.1f times %s CPU per operation",
               bridge->iops.median / pool->iops.median, *pool->pool_threads, less >= 1 ? less : 1 / less,
               less >= 1 ? "less" : "more"));
  }
  return sentence + ".";
}

} // namespace shardbridge::bench
