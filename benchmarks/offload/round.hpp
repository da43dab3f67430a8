#pragma once

#include "account.hpp"

#include <nlohmann/json_fwd.hpp>

namespace shardbridge::bench {

/// One engine's turn.
struct round_result {
  account totals;
  double seconds = 0; ///< From the first operation's start to the last one's end.
  double cpu_seconds = 0;

  std::uint64_t operations() const { return totals.operations; }
  double iops() const { return static_cast<double>(totals.operations) / seconds; }
  double gib_per_s() const { return static_cast<double>(totals.bytes) / seconds / (1U << 30); }
  double cpu_s_per_million() const {
    return totals.operations == 0 ? 0 : cpu_seconds * 1e6 / static_cast<double>(totals.operations);
  }
};

// How a result crosses the pipe from an engine in a process of its own.
void to_json(nlohmann::json& to, const round_result& from);
void from_json(const nlohmann::json& from, round_result& to);

} // namespace shardbridge::bench
