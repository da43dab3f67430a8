#pragma once

#include "../common/incidents.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace shardbridge::bench {

/// What became of the operations that were offered in one phase, also of those that ended after it.
struct phase_totals {
  std::uint64_t offered = 0;
  std::uint64_t completed = 0;
  std::uint64_t refused = 0;
  std::uint64_t abandoned = 0;
  incidents went_wrong;
  // How long those took that were completed, until their handler ran.
  shardbridge::latency_histogram from_intended;
  shardbridge::latency_histogram from_initiation;
  shardbridge::latency_histogram from_admission;

  std::uint64_t ended() const noexcept { return completed + refused + abandoned + went_wrong.errors; }
};

// How they cross the pipe.
void to_json(nlohmann::ordered_json& to, const phase_totals& from);
void from_json(const nlohmann::ordered_json& from, phase_totals& to);

} // namespace shardbridge::bench
