#pragma once

#include "../common/incidents.hpp"
#include "legs.hpp"

#include <shardbridge/latency_histogram.hpp>

namespace shardbridge::bench {

/// What the timed operations of a round took, and what went wrong with any.
struct handoff_account {
  latency_histogram latency; ///< From initiation until the handler runs.
  std::array<latency_histogram, leg_names.size()> legs;
  incidents went_wrong;

  void record(const op_times& passed, std::chrono::steady_clock::time_point handled);
  void merge(const handoff_account& other);
};

} // namespace shardbridge::bench
