#pragma once

#include "../common/process_usage.hpp"
#include "account.hpp"

#include <nlohmann/json_fwd.hpp>

namespace shardbridge::bench {

/// One engine's turn.
struct round_result {
  account totals;
  double seconds = 0; ///< From the first operation's start to the last one's end.
  process_usage usage;

  std::uint64_t operations() const { return totals.operations; }
  double iops() const { return static_cast<double>(totals.operations) / seconds; }
  double gib_per_s() const { return static_cast<double>(totals.bytes) / seconds / (1U << 30); }
  double per_operation(double all) const {
    return totals.operations == 0 ? 0 : all / static_cast<double>(totals.operations);
  }
  double cpu_s_per_million() const { return per_operation(usage.cpu_seconds()) * 1e6; }
};

// How a result crosses the pipe from an engine in a process of its own.
void to_json(nlohmann::json& to, const round_result& from);
void from_json(const nlohmann::json& from, round_result& to);

} // namespace shardbridge::bench
