#pragma once

#include "operation.hpp"
#include "phase_totals.hpp"

#include <array>
#include <mutex>
#include <string>

namespace shardbridge::bench {

/// Counts since the beginning, over all phases.
struct operation_counts {
  std::uint64_t offered = 0;
  std::uint64_t completed = 0;
  std::uint64_t refused = 0;
  std::uint64_t ended = 0;
};

/// Keeps account of all operations of a run.
///
/// Threads: any. One lock for all, since an account for each thread could not be read while they run; with few client
/// threads it is free nearly always.
class pressure_account {
 public:
  void offered(const operation& what);

  // How it ended.
  void completed(const operation& what, std::chrono::steady_clock::time_point handled);
  void refused(const operation& what);
  void abandoned(const operation& what);
  void failed(const operation& what, const std::string& why);

  operation_counts counts() const;
  phase_totals totals(phase which) const;

  /// How long those took, from initiation, that were completed since the last call.
  shardbridge::latency_histogram take_recent();

 private:
  phase_totals& of(const operation& what) noexcept { return phases_[static_cast<std::size_t>(what.in)]; }

  mutable std::mutex mutex_;
  std::array<phase_totals, phase_names.size()> phases_;
  shardbridge::latency_histogram recent_;
};

} // namespace shardbridge::bench
