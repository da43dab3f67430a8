#pragma once

#include "../common/incidents.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace shardbridge::bench {

/// What one kind of load has done. On a cache line of its own, since kinds count on different threads.
///
/// Threads: one counts; any reads. What went wrong is for any.
class alignas(64) load_tally {
 public:
  void count() noexcept {
    // Only one thread writes; readers want a recent value, and nothing that goes with it.
    done_.store(done_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  std::uint64_t done() const noexcept { return done_.load(std::memory_order_relaxed); }

  void failed(const std::string& why) {
    const std::lock_guard lock(mutex_);
    ++went_wrong_.errors;
    went_wrong_.note(why);
  }
  void wrong_block(const std::string& why) {
    const std::lock_guard lock(mutex_);
    ++went_wrong_.wrong_blocks;
    went_wrong_.note(why);
  }
  /// And forgets it.
  incidents take_incidents() {
    const std::lock_guard lock(mutex_);
    return std::exchange(went_wrong_, {});
  }

 private:
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
  incidents went_wrong_;
};

} // namespace shardbridge::bench
