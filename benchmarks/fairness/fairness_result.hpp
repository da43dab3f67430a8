#pragma once

#include "../common/statistics.hpp"
#include "service.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What one kind of load did in one subset, over all rounds.
struct fairness_row {
  load_subset subset;
  std::size_t kind = 0;
  unsigned rounds = 0;
  spread ops_per_s;
  std::optional<spread> of_alone;    ///< Of its rate alone, in the same rounds. Nothing: it is alone, or never was.
  std::optional<spread> least_per_s; ///< Nothing: rounds were shorter than the window.
  spread per_turn;                   ///< Operations a turn of the shard.
  std::optional<spread> time_share;  ///< Of the shard's time; known of busy tasks, which look at the clock.
  std::uint64_t operations = 0;      ///< Of all rounds.
};

/// Everything a run says.
struct fairness_set {
  nlohmann::ordered_json environment;
  fairness_setting what;
  double seconds = 0; ///< Asked for, a round.
  std::vector<fairness_row> rows;
  std::uint64_t errors = 0;
  std::uint64_t stalls = 0; ///< Turns that took longer than shard_group_options::stall_bound.
};

/// One subset and what its rounds gave.
struct fairness_entrant {
  load_subset subset;
  const std::vector<fairness_round>* rounds;
};

/// A row for each kind in each subset of those that were measured side by side.
std::vector<fairness_row> summarize(const std::vector<fairness_entrant>& entrants);

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const fairness_set& from);

} // namespace shardbridge::bench
