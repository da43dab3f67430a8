#include "table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"
#include "../common/ratio.hpp"
#include "columns.hpp"
#include "scale_table.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr const char* legend =
    R"(Medians over the rounds; +- is half the range. CPU s/M: CPU seconds for a million operations. Calls: system calls, which
are counted apart. Ratios are to the best pool of the same lines, and to raw; those of IOPS are those of GiB/s too.
)";

constexpr const char* open_legend =
    R"(Medians over the rounds; +- is half the range. Operations a second: what fell due and what was done; ! stands for an
engine that did not keep up. Latencies are from when an operation was due. CPU s/M: CPU seconds for a million
operations. Calls: system calls, which are counted apart. Ratios are to the pool with the least p99 of the same lines,
and to raw.
)";

constexpr const char* io_wq_legend =
    "io-wq: of the CPU time, what threads of the kernel used that work for io_uring.\n";

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
  if (first.setting.rate.open()) {
    out << ", an open loop";
    if (common(&load_case::rate)) out << " of " << rate_text(first.setting.rate);
  }
  out << "; " << machine_text(environment) << "\n\n";
}

void print_columns(std::ostream& out, const std::vector<column>& columns, int width) {
  std::string above(static_cast<std::size_t>(7 + width), ' ');
  std::string names = format("depth  %-*s", width, "engine");
  for (const column& each : columns) {
    above.resize(names.size(), ' '); // what ended far before the last name
    names += format("%*s", each.width, each.name.c_str());
    if (each.above.empty()) continue;
    above.resize(names.size() - each.above.size(), ' ');
    above += each.above;
  }
  out << above << '\n' << names << '\n';
}

void print_row(std::ostream& out, const result_row& row, const std::vector<column>& columns, int width) {
  out << format("%5u  %-*s", row.setting.depth, width, row.label().c_str());
  for (const column& each : columns)
    out << format("%*s", each.width, each.text(row).c_str());
  out << '\n';
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
  const auto columns = columns_for(results.rows);
  const int width = engine_width(results.rows);
  print_columns(out, columns, width);
  for (const case_group& group : groups_of(results.rows)) {
    if (const std::string what = describe_group(group.front(), cases); !what.empty()) out << what << ":\n";
    for (const load_case& each : group) {
      for (const auto& row : results.rows)
        if (row.setting == each) print_row(out, row, columns, width);
      out << '\n';
    }
  }
  out << (results.rows.front().setting.rate.open() ? open_legend : legend);
  if (std::ranges::find(columns, "io-wq", &column::name) != columns.end()) out << io_wq_legend;
  out << ratio_legend;
  for (const auto& row : results.rows)
    print_incidents(out, row, cases);
  print_scaling(out, results.rows);
}

std::string conclusion(const result_set& results) {
  const auto groups = groups_of(results.rows);
  if (groups.empty() || groups.front().back().rate.open()) return {};
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
