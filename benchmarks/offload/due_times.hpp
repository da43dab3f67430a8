#pragma once

#include "../common/arrivals.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace shardbridge::bench {

/// When the operations of an open loop fall due in one round. Whichever client has room takes the next one and waits
/// for its time: so one is begun late only where nobody had room.
///
/// Threads: any takes; the rest while none does.
class due_times {
 public:
  using time_point = arrivals::time_point;

  void start(const arrivals& all) {
    all_ = all;
    next_ = all;
  }

  /// When the next one is due; nothing when none is left in the round.
  std::optional<time_point> take() {
    const std::lock_guard lock(mutex_);
    if (next_->over()) return std::nullopt;
    const time_point due = next_->next();
    next_->advance();
    return due;
  }

  /// How many fell due before `end`, taken or not.
  std::uint64_t fell_due(time_point end) const {
    std::uint64_t count = 0;
    for (arrivals each = *all_; !each.over() && each.next() < end; each.advance())
      ++count;
    return count;
  }

 private:
  std::mutex mutex_;
  std::optional<arrivals> all_, next_;
};

} // namespace shardbridge::bench
