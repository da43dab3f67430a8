#pragma once

#include "phase_totals.hpp"
#include "sample.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace shardbridge::bench {

/// A change of a bridge's level, in seconds since the begin of the overload.
struct level_change {
  double t = 0;
  unsigned level = 0;
};

/// One engine's turn.
struct pressure_round {
  double capacity = 0;  ///< What the engine was seen to do in the warm-up, a second.
  double base_rate = 0; ///< Offered in the base load, a second.
  phase_totals base;
  phase_totals overload;
  double overload_seconds = 0;
  std::vector<sample> samples; ///< From the base load on.

  std::vector<level_change> level_changes;  ///< The first of the overload and the drain.
  std::uint64_t level_changes_told = 0;     ///< How often the bridge said so, in all phases.
  std::uint64_t level_changes_counted = 0;  ///< How often it counted one.
  std::array<double, 3> seconds_in_level{}; ///< Of the overload.

  std::uint64_t most_operations = 0; ///< That existed at once, to within a chunk of them.
  bool at_memory_limit = false;      ///< The overload was ended for it.
  bool interrupted = false;
};

// How they cross the pipe from the process of its own. Level changes stand in the results too.
void to_json(nlohmann::ordered_json& to, const level_change& from);
void from_json(const nlohmann::ordered_json& from, level_change& to);
void to_json(nlohmann::ordered_json& to, const pressure_round& from);
void from_json(const nlohmann::ordered_json& from, pressure_round& to);

} // namespace shardbridge::bench
