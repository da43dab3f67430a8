// The wake pair: how a bridge and a shard wake one another.
//
// A shard owns one consumer side (requests wake it), a bridge one producer side (replies wake it), whatever the number
// of bridges and shards they are joined with; a pair is one of each.
#pragma once

#include <bridge/event_fd.hpp>
#include <bridge/wake_word.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace shardbridge::detail {

/// A wake word and the eventfd behind it: the end that sleeps, and what wakes it.
class wake_side {
 public:
  /// After a push: wakes the sleeper if this call owes it. False: the sleeper is closed and takes nothing any more.
  bool publish() noexcept {
    const wake_word::published what = claim();
    if (what == wake_word::published::wake_owed) event_.signal();
    return what != wake_word::published::closed;
  }
  /// The same for a caller that wakes it in another way where that is owed.
  [[nodiscard]] wake_word::published claim() noexcept {
    const wake_word::published what = word_.publish();
    if (what == wake_word::published::wake_owed) sent_.fetch_add(1, std::memory_order_relaxed);
    return what;
  }

  [[nodiscard]] wake_word& word() noexcept { return word_; }
  [[nodiscard]] event_fd& event() noexcept { return event_; }
  /// Wakes sent so far; each ended one sleep.
  [[nodiscard]] std::uint64_t wakes_sent() const noexcept { return sent_.load(std::memory_order_relaxed); }

 private:
  alignas(64) wake_word word_;
  alignas(64) std::atomic<std::uint64_t> sent_{0};
  event_fd event_;
};

/// Shared: after a push the other side may end at any time, and the publish follows it.
struct wake_pair {
  std::shared_ptr<wake_side> consumer_wake; ///< the producer tells the shard: requests
  std::shared_ptr<wake_side> producer_wake; ///< the shard tells the bridge: replies
};

} // namespace shardbridge::detail
