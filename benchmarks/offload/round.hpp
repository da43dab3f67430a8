#pragma once

#include "../common/process_usage.hpp"
#include "account.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>

namespace shardbridge::bench {

/// One engine's turn.
struct round_result {
  account totals;
  double seconds = 0; ///< From the first operation's start to the last one's end.
  process_usage usage;
  double io_wq_seconds = 0;              ///< Of CPU: the part of `usage` that the kernel's workers for io_uring used.
  std::optional<double> syscalls_per_op; ///< Nothing where they cannot be counted.
  std::uint64_t due = 0;                 ///< Operations of an open loop that fell due.
  double offering_seconds = 0;           ///< How long they did.

  /// Fell due and were never begun, because there was no room for them until the round was over.
  std::uint64_t not_begun() const {
    const std::uint64_t begun = totals.operations + totals.errors + totals.timeouts + totals.cancelled;
    return due > begun ? due - begun : 0;
  }
  double offered_per_s() const { return offering_seconds > 0 ? static_cast<double>(due) / offering_seconds : 0; }
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
