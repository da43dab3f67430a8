#pragma once

#include "../common/statistics.hpp"
#include "pressure_round.hpp"
#include "setting.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// In milliseconds.
struct latency_summary {
  spread p50_ms;
  spread p99_ms;
  spread p999_ms;
  spread max_ms;
};

/// What became of the operations, over all rounds.
struct operation_sums {
  std::uint64_t offered = 0;
  std::uint64_t completed = 0;
  std::uint64_t refused = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t errors = 0;
};

/// What one engine did, over all its rounds.
struct pressure_row {
  std::string engine;
  std::optional<unsigned> pool_threads; ///< Of the pool.
  unsigned rounds = 0;

  // Operations a second.
  spread capacity;  ///< As many outstanding as a bridge admits.
  spread base_rate; ///< Offered in the base load.
  // In the overload.
  spread offered;
  spread admitted;
  spread completed;
  spread refused;
  spread longest_queue;

  spread memory_before_mib;
  spread memory_settled_mib;
  spread memory_peak_mib;
  spread memory_growth_percent;

  latency_summary base_from_initiation;
  latency_summary base_from_admission;
  latency_summary from_intended;
  latency_summary from_initiation;
  latency_summary from_admission;
  /// p99 under overload over p99 in the base load.
  spread p99_ratio_from_initiation;
  spread p99_ratio_from_admission;

  spread level_changes; ///< Told, in a round.
  std::array<spread, 3> percent_in_level;
  bool level_changes_all_told = true; ///< As many as the bridge itself counted.
  spread most_operations;             ///< That existed at once.

  operation_sums base_sums;
  operation_sums overload_sums;
  unsigned rounds_at_memory_limit = 0;
  spread overload_seconds; ///< Fewer than asked for in those rounds.

  // Of the first round.
  std::vector<sample> samples;
  std::vector<level_change> first_level_changes;

  std::string label() const { return pool_threads ? engine + " of " + std::to_string(*pool_threads) : engine; }
};

/// Everything a run says.
struct pressure_set {
  nlohmann::ordered_json environment;
  pressure_setting what; ///< All but the engine.
  double load = 0;       ///< Times the device's rate; 0 where the user gave a rate.
  unsigned rounds = 0;   ///< Asked for.
  std::vector<pressure_row> rows;
};

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const pressure_set& from);

} // namespace shardbridge::bench
