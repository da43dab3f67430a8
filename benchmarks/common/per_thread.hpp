#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace shardbridge::bench {

/// An account for each thread, so that clients on several threads share no cache line and clients on one thread share
/// one histogram.
///
/// Threads: local() any; take() when no client runs.
template <class Account>
class per_thread {
 public:
  per_thread() : generation_(new_generation()) {}

  Account& local() {
    if (cached_.generation != generation_) attach();
    return *cached_.mine;
  }

  /// The sum of all, and a fresh start.
  Account take() {
    const std::lock_guard lock(mutex_);
    Account sum;
    for (const auto& each : accounts_)
      sum.merge(*each);
    accounts_.clear();
    generation_ = new_generation();
    return sum;
  }

 private:
  struct cache {
    std::uint64_t generation = 0;
    Account* mine = nullptr;
  };
  static inline thread_local cache cached_{};

  static std::uint64_t new_generation() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  void attach() {
    const std::lock_guard lock(mutex_);
    accounts_.push_back(std::make_unique<Account>());
    cached_ = {generation_, accounts_.back().get()};
  }

  std::uint64_t generation_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Account>> accounts_;
};

} // namespace shardbridge::bench
