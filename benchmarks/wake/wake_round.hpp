#pragma once

#include <shardbridge/latency_histogram.hpp>

#include <array>
#include <chrono>

namespace shardbridge::bench {

struct round_setting {
  std::array<int, 2> cpus{};         ///< Of the caller and of the answerer.
  std::chrono::nanoseconds patience; ///< How long those who are awake look before they sleep.
  double seconds = 0;
};

/// Before a waking call is timed its peer is left alone for so long: time enough to fall asleep.
inline constexpr std::chrono::microseconds call_pause{20};

/// What one round of two threads waking one another gave.
struct wake_round {
  latency_histogram trips; ///< From before a wake until the answer has woken the caller.
  latency_histogram calls; ///< What a waking call took by itself; in round trips of their own, because of the pause.
  double cpu_seconds = 0;  ///< Of `trips`.
};

} // namespace shardbridge::bench
