#pragma once

#include "../common/statistics.hpp"
#include "engine.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// Of an engine's figures and those of another in the same rounds.
struct sync_ratios {
  spread rate;
  spread cpu;
};

/// What the rounds of one engine at one depth gave.
struct sync_row {
  std::string engine;
  std::optional<unsigned> pool_threads;
  sync_setting what;
  unsigned rounds = 0;
  spread ops_per_s;
  spread p50_us;
  spread p99_us;
  spread p999_us;
  spread cpu_s_per_million;
  spread writes_per_sync;
  std::optional<sync_ratios> of_pool; ///< Of the pool with the highest rate. Nothing: it did not run, or is this one.
  std::optional<sync_ratios> of_raw;
  // Sums over the rounds.
  std::uint64_t operations = 0;
  std::uint64_t syncs = 0;
  std::uint64_t errors = 0;
  std::uint64_t wrong_blocks = 0;

  std::string label() const { return pool_threads ? engine + " of " + std::to_string(*pool_threads) : engine; }
};

/// Everything a run says.
struct sync_set {
  nlohmann::ordered_json environment;
  double seconds = 0; ///< Asked for, a round.
  std::vector<sync_row> rows;
};

/// One plan and what its rounds gave.
struct sync_entrant {
  const sync_plan* plan;
  const std::vector<sync_round>* rounds;
};

/// A row for each of those that were measured side by side in one setting.
std::vector<sync_row> summarize(const sync_setting& what, const std::vector<sync_entrant>& entrants);

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const sync_set& from);

} // namespace shardbridge::bench
