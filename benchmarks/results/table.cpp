#include "table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "../common/ratio.hpp"
#include "scale_table.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr const char* legend =
    R"(Medians over the rounds; +- is half the range. CPU s/M: CPU seconds for a million operations. Ratios are to the best
pool of the same lines, and to raw; those of IOPS are those of GiB/s too.
)";

std::string percent(const spread& s) {
  return format("%.0f%%", s.relative() * 100);
}

/// Of medians; "-" where there is nothing to compare with, which includes the row itself.
std::string ratio(const result_row& row, const result_row* other, spread result_row::*field) {
  return other == nullptr || other == &row ? "-" : ratio_text(row.*field, other->*field);
}

/// What all rows have in common; the rest stands above each group.
void print_heading(std::ostream& out, const result_set& results, const std::vector<load_case>& cases) {
  const auto& environment = results.environment;
  const result_row& first = results.rows.front();
  const auto common = [&](auto load_case::*part) {
    return std::ranges::all_of(cases, [&](const load_case& each) { return each.*part == first.setting.*part; });
  };
  out << first.rw << (common(&load_case::block) ? ", blocks of " + size_text(first.setting.block) : "")
      << (first.direct ? ", O_DIRECT" : ", page cache") << ", " << environment_text(environment, "file") << " ("
      << size_text(environment.value("size", std::uint64_t{0})) << ", " << environment_text(environment, "file_system")
      << ")\n"
      << rounds_text(first.rounds, first.seconds);
  if (common(&load_case::shards) && common(&load_case::client_threads))
    out << ", " << count_text(first.setting.shards, "shard") << ", "
        << count_text(first.setting.client_threads, "client thread");
  out << "; " << machine_text(environment) << "\n\n";
}

void print_row(std::ostream& out, const result_set& results, const result_row& row) {
  const result_row* pool = best_pool(results.rows, row.setting);
  const result_row* raw = find_row(results.rows, "raw", row.setting);
  out << format("%5u  %-17s %9.0f %5s %7.2f %9.1f %9.1f %9.1f %8.2f %5s  %7s %7s  %7s %7s\n", row.setting.depth,
                row.label().c_str(), row.iops.median, percent(row.iops).c_str(), row.gib_per_s.median,
                row.p50_us.median, row.p99_us.median, row.p999_us.median, row.cpu_s_per_million.median,
                percent(row.cpu_s_per_million).c_str(), ratio(row, pool, &result_row::iops).c_str(),
                ratio(row, raw, &result_row::iops).c_str(), ratio(row, pool, &result_row::cpu_s_per_million).c_str(),
                ratio(row, raw, &result_row::cpu_s_per_million).c_str());
}

void print_incidents(std::ostream& out, const result_row& row, const std::vector<load_case>& cases) {
  if (row.errors + row.timeouts + row.cancelled + row.wrong_blocks == 0) return;
  out << format("%s, %s: %llu operations, %llu timeouts, %llu cancelled, %llu errors, %llu wrong blocks\n",
                describe(row.setting, cases).c_str(), row.label().c_str(),
                static_cast<unsigned long long>(row.operations), static_cast<unsigned long long>(row.timeouts),
                static_cast<unsigned long long>(row.cancelled), static_cast<unsigned long long>(row.errors),
                static_cast<unsigned long long>(row.wrong_blocks));
}

} // namespace

void print_table(std::ostream& out, const result_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  const std::vector<load_case> cases = cases_of(results.rows);
  print_heading(out, results, cases);
  out << "                                                                                        "
         "      IOPS times       CPU times\n"
         "depth  engine                 IOPS   +-    GiB/s    p50 us    p99 us  p99.9 us  CPU s/M   +-"
         "     pool     raw     pool     raw\n";
  for (const case_group& group : groups_of(results.rows)) {
    if (const std::string what = describe_group(group.front(), cases); !what.empty()) out << what << ":\n";
    for (const load_case& each : group) {
      for (const auto& row : results.rows)
        if (row.setting == each) print_row(out, results, row);
      out << '\n';
    }
  }
  out << legend << ratio_legend;
  for (const auto& row : results.rows)
    print_incidents(out, row, cases);
  print_scaling(out, results.rows);
}

std::string conclusion(const result_set& results) {
  const auto groups = groups_of(results.rows);
  if (groups.empty()) return {};
  const load_case& greatest = groups.front().back();
  const result_row* bridge = find_row(results.rows, "bridge", greatest);
  const result_row* pool = best_pool(results.rows, greatest);
  const result_row* raw = find_row(results.rows, "raw", greatest);
  const result_row* shared = find_row(results.rows, "asio-file-shared", greatest);
  if (bridge == nullptr || bridge->iops.median <= 0) return {};

  std::string sentence = format("At %s the bridge makes %.1f thousand operations a second",
                                describe(greatest, cases_of(results.rows)).c_str(), bridge->iops.median / 1000);
  std::string separator = ": ";
  const auto add = [&](const std::string& part) {
    sentence += separator + part;
    separator = ", ";
  };
  const auto known = [](const spread& mine, const spread& other) {
    const auto ratio = ratio_of(mine, other);
    return ratio && ratio->known;
  };
  if (raw != nullptr && known(bridge->iops, raw->iops))
    add(format("%.2f of the raw ring's rate", bridge->iops.median / raw->iops.median));
  if (shared != nullptr && known(bridge->iops, shared->iops))
    add(format("%.1f times that of one shared Asio file object", bridge->iops.median / shared->iops.median));
  if (pool != nullptr && known(bridge->iops, pool->iops) && known(bridge->cpu_s_per_million, pool->cpu_s_per_million)) {
    const double less = pool->cpu_s_per_million.median / bridge->cpu_s_per_million.median;
    add(format("%.2f times that of the best thread pool (%u threads) with %.1f times %s CPU per operation",
               bridge->iops.median / pool->iops.median, *pool->pool_threads, less >= 1 ? less : 1 / less,
               less >= 1 ? "less" : "more"));
  }
  return sentence + ".";
}

} // namespace shardbridge::bench
