#pragma once

#include "../common/statistics.hpp"
#include "load_case.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What one engine did in one round.
struct round_sample {
  double seconds = 0; ///< As it was: from the first operation's start to the last one's end.
  double iops = 0;
  double gib_per_s = 0;
  double p50_us = 0;
  double p99_us = 0;
  double p999_us = 0;
  double max_us = 0;
  double user_s = 0;
  double system_s = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t wrong_blocks = 0;
  double io_wq_s = 0;
  std::uint64_t due = 0;
  std::uint64_t not_begun = 0;
  std::optional<double> syscalls_per_op{};
};

/// What one engine did in one case, over all its rounds.
struct result_row {
  std::string engine;
  std::string rw;
  load_case setting;
  bool direct = false;
  std::optional<unsigned> pool_threads;
  unsigned rounds = 0;
  double seconds = 0;                  ///< Asked for, a round.
  std::optional<spread> offered_per_s; ///< By an open loop.
  spread iops;
  spread gib_per_s;
  spread p50_us;
  spread p99_us;
  spread p999_us;
  spread cpu_s_per_million;
  spread cpu_user_s_per_million;
  spread cpu_system_s_per_million; ///< With that of the kernel's worker threads for io_uring.
  spread cpu_io_wq_s_per_million;  ///< Of these alone.
  spread voluntary_switches_per_op;
  spread involuntary_switches_per_op;
  std::optional<spread> syscalls_per_op; ///< Nothing where they cannot be counted.
  // Sums over the rounds.
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t wrong_blocks = 0;
  std::uint64_t due = 0;       ///< Of an open loop: what fell due.
  std::uint64_t not_begun = 0; ///< Of this, what was never begun.
  latency_histogram latency;
  std::vector<round_sample> samples; ///< Of each round. None in what an older program wrote.

  /// Whether an engine did not keep up with what an open loop offered: more than one in a hundred was never begun, and
  /// more than one a round, which may have fallen due as the round ended.
  bool falls_behind() const { return not_begun * 100 > due && not_begun > rounds; }
  std::string label() const { return pool_threads ? engine + " of " + std::to_string(*pool_threads) : engine; }
};

/// Everything a run says: what `--json` writes and `report` reads.
struct result_set {
  nlohmann::ordered_json environment;
  std::vector<result_row> rows;
};

void to_json(nlohmann::ordered_json& to, const result_set& from);
void from_json(const nlohmann::ordered_json& from, result_set& to);

/// The row of an engine in a case; null when there is none.
const result_row* find_row(const std::vector<result_row>& rows, const std::string& engine, const load_case& setting);

/// The pool with the most IOPS in a case, of an open loop the one with the least p99; null when there is none.
const result_row* best_pool(const std::vector<result_row>& rows, const load_case& setting);

/// The cases that occur, each once, in ascending order: the depth changes fastest.
std::vector<load_case> cases_of(const std::vector<result_row>& rows);

/// Cases that differ in nothing but their depth, ascending.
using case_group = std::vector<load_case>;

/// The cases that occur, so divided.
std::vector<case_group> groups_of(const std::vector<result_row>& rows);

} // namespace shardbridge::bench
