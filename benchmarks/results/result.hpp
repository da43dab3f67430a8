#pragma once

#include "../common/statistics.hpp"
#include "load_case.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What one engine did in one case, over all its rounds.
struct result_row {
  std::string engine;
  std::string rw;
  load_case setting;
  bool direct = false;
  std::optional<unsigned> pool_threads;
  unsigned rounds = 0;
  double seconds = 0; ///< Asked for, a round.
  spread iops;
  spread gib_per_s;
  spread p50_us;
  spread p99_us;
  spread p999_us;
  spread cpu_s_per_million;
  // Sums over the rounds.
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t wrong_blocks = 0;

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

/// The pool with the most IOPS in a case; null when there is none.
const result_row* best_pool(const std::vector<result_row>& rows, const load_case& setting);

/// The cases that occur, each once, in ascending order: the depth changes fastest.
std::vector<load_case> cases_of(const std::vector<result_row>& rows);

/// Cases that differ in nothing but their depth, ascending.
using case_group = std::vector<load_case>;

/// The cases that occur, so divided.
std::vector<case_group> groups_of(const std::vector<result_row>& rows);

} // namespace shardbridge::bench
