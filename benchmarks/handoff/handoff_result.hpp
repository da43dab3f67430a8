#pragma once

#include "../common/statistics.hpp"
#include "legs.hpp"
#include "setting.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct percentiles {
  spread p50_us;
  spread p99_us;
  spread p999_us;
};

/// What one engine did in one setting, over all its rounds.
struct handoff_row {
  std::string engine;
  handoff_setting what;
  unsigned rounds = 0;
  double seconds = 0; ///< Asked for, a round.
  spread ops_per_s;
  percentiles latency;
  spread cpu_us_per_op;
  std::optional<spread> syscalls_per_op; ///< Nothing where they cannot be counted.
  spread fairness;
  std::array<std::optional<percentiles>, leg_names.size()> legs; ///< Those that the engine has.
  // Sums over the rounds.
  std::uint64_t initiated = 0;
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
};

/// Everything a run says.
struct handoff_set {
  nlohmann::ordered_json environment;
  std::vector<handoff_row> rows;
};

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const handoff_set& from);

/// The row of an engine beside another: in the same setting. Null when there is none.
const handoff_row* find_beside(const std::vector<handoff_row>& rows, const handoff_row& beside,
                               const std::string& engine);

} // namespace shardbridge::bench
