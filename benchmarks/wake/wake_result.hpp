#pragma once

#include "../common/statistics.hpp"
#include "cell.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// What the rounds of one cell gave.
struct wake_figures {
  unsigned rounds = 0;
  std::uint64_t round_trips = 0; ///< Of all rounds.
  spread round_trip_p50_us;
  spread round_trip_p99_us;
  spread caller_us; ///< Median of what a waking call took by itself.
  spread cpu_us;    ///< Of both threads and the kernel, a round trip.
};

/// One cell of the matrix: measured, unavailable here for a reason, or neither because it would make no sense.
struct wake_row {
  std::string strategy;
  wake_state state{};
  wake_core core{};
  std::optional<std::int64_t> spin_us; ///< How long each side looks before it sleeps; nothing: it never sleeps.
  std::optional<wake_figures> figures;
  std::string unavailable;
};

/// Everything a run says.
struct wake_set {
  nlohmann::ordered_json environment;
  double seconds = 0; ///< Asked for, a round.
  std::vector<wake_row> rows;
};

/// What `--json` writes.
void to_json(nlohmann::ordered_json& to, const wake_set& from);

} // namespace shardbridge::bench
