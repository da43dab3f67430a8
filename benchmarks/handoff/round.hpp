#pragma once

#include "account.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

namespace shardbridge::bench {

/// One engine's turn.
struct handoff_round {
  handoff_account totals;
  std::vector<std::uint64_t> by_producer; ///< Operations completed.
  std::uint64_t initiated = 0;
  double seconds = 0; ///< From the first operation's start to the last one's end.
  double cpu_seconds = 0;
  std::optional<double> syscalls_per_op; ///< Nothing where they cannot be counted.

  std::uint64_t operations() const { return std::accumulate(by_producer.begin(), by_producer.end(), std::uint64_t{0}); }
  double ops_per_s() const { return static_cast<double>(operations()) / seconds; }
  double cpu_us_per_op() const { return operations() == 0 ? 0 : cpu_seconds * 1e6 / static_cast<double>(operations()); }
  /// The slowest producer's share over the fastest's.
  double fairness() const {
    const auto [slowest, fastest] = std::ranges::minmax(by_producer);
    return fastest == 0 ? 0 : static_cast<double>(slowest) / static_cast<double>(fastest);
  }
};

} // namespace shardbridge::bench
