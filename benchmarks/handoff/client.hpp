#pragma once

#include "../common/per_thread.hpp"
#include "account.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// What the clients of one engine share.
struct handoff_load {
  per_thread<handoff_account> accounts;
  std::atomic<bool> over{false}; ///< The round is: what is outstanding completes, nothing follows.
};

/// One operation of a producer at a time: the next is initiated by the handler of the last. The same for all engines,
/// so that they differ in nothing but the engine.
///
/// Threads: one at a time. A cache line of its own, since its neighbours may run on another.
class alignas(64) handoff_client {
 public:
  handoff_client(handoff_load& shared, unsigned index, unsigned producer) noexcept
      : shared_(shared), index_(index), producer_(producer) {}

  /// Forgets what it has counted.
  void begin_round() noexcept;

  /// Begins the next operation; false when the round is over.
  [[nodiscard]] bool next() noexcept;

  unsigned index() const noexcept { return index_; }
  unsigned producer() const noexcept { return producer_; }
  /// Where the stations of the operation are noted; null for one that is not timed.
  op_times* times() noexcept { return timed_ ? &times_ : nullptr; }

  /// What the other side does for it where there is no ring: nothing, and that takes no time.
  void work() noexcept;

  // Exactly one of these ends the operation that next() began.
  void completed() noexcept;
  void failed(const std::string& why);

  std::uint64_t initiated() const noexcept { return initiated_; }
  std::uint64_t operations() const noexcept { return operations_; } ///< Those completed without an error.

 private:
  handoff_load& shared_;
  unsigned index_;
  unsigned producer_;
  unsigned untimed_left_ = 0;
  bool timed_ = false;
  std::uint64_t initiated_ = 0;
  std::uint64_t operations_ = 0;
  op_times times_;
};

} // namespace shardbridge::bench
