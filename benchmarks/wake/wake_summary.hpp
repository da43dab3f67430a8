#pragma once

#include "wake_result.hpp"
#include "wake_round.hpp"

#include <vector>

namespace shardbridge::bench {

/// A round in four figures.
struct wake_sample {
  std::uint64_t round_trips = 0;
  double p50_us = 0;
  double p99_us = 0;
  double caller_us = 0;
  double cpu_us = 0;
};

wake_sample sample_of(const wake_round& round);

wake_figures summarize(const std::vector<wake_sample>& rounds);

} // namespace shardbridge::bench
