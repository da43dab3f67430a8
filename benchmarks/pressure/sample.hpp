#pragma once

#include "phase.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <vector>

namespace shardbridge::bench {

/// What had been counted at a moment, since the beginning, and what there was then.
struct snapshot {
  double t = 0; ///< Seconds since the begin of the overload.
  phase in = phase::base;
  std::uint64_t resident = 0; ///< Bytes.
  std::uint64_t queue = 0;    ///< Operations that the engine held, those that waited to be let in included.
  std::uint64_t waiting = 0;  ///< Of these.
  unsigned level = 0;
  std::uint64_t offered = 0;
  std::uint64_t admitted = 0;
  std::uint64_t completed = 0;
  std::uint64_t refused = 0;
};

/// A snapshot whose counts are those of the interval before it.
struct sample : snapshot {
  double seconds = 0; ///< Length of the interval.
  // From initiation, of those completed in the interval; 0 where none was.
  double p50_ms = 0;
  double p99_ms = 0;
};

sample sample_between(const snapshot& before, const snapshot& now, const shardbridge::latency_histogram& recent);

/// What happened in one phase, a second; 0 where nothing was sampled.
double rate_in(const std::vector<sample>& samples, phase in, std::uint64_t snapshot::*count);

/// The longest queue of a phase.
std::uint64_t longest_queue(const std::vector<sample>& samples, phase in);

/// How much memory there was: at the end of the base load, when the overload had settled, and the most since then.
/// Growth is from the second to the third, in percent. What had no time to settle grows from the first.
struct memory_use {
  double before = 0;
  double settled = 0;
  double peak = 0;
  double growth_percent() const noexcept { return settled > 0 ? (peak - settled) / settled * 100 : 0; }
};
memory_use memory_of(const std::vector<sample>& samples, double settle_seconds);

// How it crosses the pipe, and what is in the results.
void to_json(nlohmann::ordered_json& to, const sample& from);
void from_json(const nlohmann::ordered_json& from, sample& to);

} // namespace shardbridge::bench
