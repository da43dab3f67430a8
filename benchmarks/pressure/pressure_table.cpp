#include "pressure_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"
#include "../common/parse.hpp"

namespace shardbridge::bench {
namespace {

constexpr const char* rates_columns =
    R"(                    thousand operations a second            longest             memory, MiB                 level
engine        offered   +-  admitted     done  refused        queue    before   settled      peak  growth  changes
)";

constexpr const char* rates_legend =
    R"(Medians over the rounds; +- is half the range. All of the overload. Memory: resident, at the end of the base load, when
the overload had settled, after a sixth of it, and the most after that; growth is from settled to peak. Changes of the
level of pressure.
)";

constexpr const char* latency_columns =
    R"(                      base load            ms under overload, from             p99 overload / base
                                   admission         initiation    intended       from        from
engine         kops/s  p99 ms     p50 / p99    p50 / p99 / max          p99  admission  initiation
)";

constexpr const char* latency_legend =
    R"(Until the handler runs, of the operations that were completed. From admission: from the permit, or in a pool from the
initiation. From intended: from when the operation fell due, also if its client came too late to offer it then. The
ratio is the median of those of the rounds.
)";

std::string load_text(const pressure_set& results) {
  const pressure_setting& what = results.what;
  const std::string rate = three_digits(what.overload_rate / 1000) + " thousand operations a second";
  return results.load > 0 ? rate + " (" + format("%g", results.load) + " times what the device does)" : rate;
}

void print_heading(std::ostream& out, const pressure_set& results) {
  const auto& environment = results.environment;
  const pressure_setting& what = results.what;
  out << "overload, reads of " << size_text(what.block) << (what.direct ? ", O_DIRECT" : ", page cache") << ", "
      << environment_text(environment, "file") << " (" << size_text(environment.value("size", std::uint64_t{0})) << ", "
      << environment_text(environment, "file_system") << ")\n"
      << rounds_text(results.rounds, what.seconds) << " at " << load_text(results) << ",\nafter "
      << format("%g s at %g times", what.base_seconds, what.base_load) << " what the engine does";
  if (what.device == device_kind::stall) out << "; the device stands still for " << format("%g s", what.stall);
  out << "\nbridges of " << what.max_ops << " operations on " << count_text(what.shards, "shard") << ", at most "
      << what.max_waiters << " wait; " << count_text(what.client_threads, "client thread") << "; "
      << machine_text(environment) << "\n\n";
}

std::string pair_text(const latency_summary& of) {
  return three_digits(of.p50_ms.median) + " / " + three_digits(of.p99_ms.median);
}

std::string triple_text(const latency_summary& of) {
  return pair_text(of) + " / " + three_digits(of.max_ms.median);
}

std::string ratio_text(const spread& ratio) {
  return ratio.median > 0 ? three_digits(ratio.median) : "-";
}

std::string thousands(const spread& per_second) {
  return three_digits(per_second.median / 1000);
}

void print_rates(std::ostream& out, const pressure_row& row) {
  out << format("%-12s %8s %3.0f%%  %8s %8s %8s  %11.0f  %8s  %8s  %8s %6.1f%%  %7s\n", row.label().c_str(),
                thousands(row.offered).c_str(), row.offered.relative() * 100, thousands(row.admitted).c_str(),
                thousands(row.completed).c_str(), thousands(row.refused).c_str(), row.longest_queue.median,
                three_digits(row.memory_before_mib.median).c_str(), three_digits(row.memory_settled_mib.median).c_str(),
                three_digits(row.memory_peak_mib.median).c_str(), row.memory_growth_percent.median,
                row.pool_threads ? "-" : format("%.0f", row.level_changes.median).c_str());
}

void print_latencies(std::ostream& out, const pressure_row& row) {
  out << format("%-12s %8s %7s %13s %18s %12s %10s %11s\n", row.label().c_str(), thousands(row.base_rate).c_str(),
                three_digits(row.base_from_initiation.p99_ms.median).c_str(), pair_text(row.from_admission).c_str(),
                triple_text(row.from_initiation).c_str(), three_digits(row.from_intended.p99_ms.median).c_str(),
                ratio_text(row.p99_ratio_from_admission).c_str(), ratio_text(row.p99_ratio_from_initiation).c_str());
}

void print_incidents(std::ostream& out, const pressure_set& results, const pressure_row& row) {
  const auto& sums = row.overload_sums;
  if (row.rounds_at_memory_limit != 0)
    out << row.label() << ": in " << row.rounds_at_memory_limit << " of " << count_text(row.rounds, "round")
        << " nothing more was offered after " << three_digits(row.overload_seconds.median)
        << " s, at the memory limit of " << size_text(results.what.memory_limit) << '\n';
  if (sums.abandoned != 0)
    out << row.label() << ": " << sums.abandoned << " operations were still queued "
        << format("%g s", results.what.drain_seconds) << " after the overload and were given up\n";
  if (const auto errors = sums.errors + row.base_sums.errors; errors != 0)
    out << row.label() << ": " << errors << " operations failed\n";
  if (!row.level_changes_all_told) out << row.label() << ": not every change of the level was told\n";
}

} // namespace

void print_table(std::ostream& out, const pressure_set& results) {
  if (results.rows.empty()) {
    out << "nothing was measured\n";
    return;
  }
  print_heading(out, results);
  out << rates_columns;
  for (const auto& row : results.rows)
    print_rates(out, row);
  out << '\n' << rates_legend << '\n' << latency_columns;
  for (const auto& row : results.rows)
    print_latencies(out, row);
  out << '\n' << latency_legend;
  for (const auto& row : results.rows)
    print_incidents(out, results, row);
}

std::string conclusion(const pressure_set& results) {
  if (results.rows.empty()) return {};
  std::string sentence = "From the base load to the worst of the overload memory went";
  const char* separator = " ";
  for (const auto& row : results.rows) {
    sentence += separator;
    sentence += format("from %s to %s MiB with %s", three_digits(row.memory_before_mib.median).c_str(),
                       three_digits(row.memory_peak_mib.median).c_str(), row.label().c_str());
    separator = ", ";
  }
  return sentence + ".";
}

} // namespace shardbridge::bench
