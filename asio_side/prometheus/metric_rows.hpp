// Which number is which metric.
#pragma once

#include <shardbridge/stats.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace shardbridge::detail {

/// One number of a family.
template <class Stats>
struct metric_series {
  const char* value = nullptr; ///< of the family's label, if it has one
  double (*read)(const Stats&) = nullptr;
};

/// Metrics of one name. It is a counter if the name ends in _total, else a gauge.
template <class Stats>
struct metric_row {
  const char* name;
  const char* help;
  const char* label; ///< nullptr: one series without a label of its own
  std::array<metric_series<Stats>, 3> series;
};

[[nodiscard]] inline double plain(std::uint64_t count) noexcept {
  return static_cast<double>(count);
}
[[nodiscard]] inline double plain(std::chrono::nanoseconds time) noexcept {
  return std::chrono::duration<double>(time).count();
}

template <auto Member, class Stats>
[[nodiscard]] double read(const Stats& from) noexcept {
  return plain(from.*Member);
}

template <auto Member, class Stats>
[[nodiscard]] constexpr std::array<metric_series<Stats>, 3> only() noexcept {
  return {{{.read = read<Member, Stats>}}};
}

[[nodiscard]] std::span<const metric_row<bridge_stats>> bridge_rows() noexcept;
[[nodiscard]] std::span<const metric_row<shard_stats>> shard_rows() noexcept;

/// The histograms of bridge_latencies.
struct latency_leg {
  const char* name;
  latency_histogram bridge_latencies::*times;
};
inline constexpr const char* latency_name = "shardbridge_bridge_latency_seconds";
inline constexpr const char* latency_help =
    "How long the legs of an operation's way took: of one operation in bridge_options::sampling.";
[[nodiscard]] std::span<const latency_leg> latency_legs() noexcept;

} // namespace shardbridge::detail
