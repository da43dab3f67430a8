#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>

namespace shardbridge::bench {

/// Waits for the end of many.
///
/// Threads: one starts and waits, any other says done().
class countdown {
 public:
  void start(std::size_t many) {
    const std::lock_guard lock(mutex_);
    running_ = many;
  }

  /// Under the lock to the end, so that who waits may destroy this at once.
  void done(std::exception_ptr failure = {}) {
    const std::lock_guard lock(mutex_);
    if (failure) failure_ = std::move(failure);
    if (--running_ == 0) all_done_.notify_one();
  }

  /// Throws the last failure of any.
  void wait() {
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return running_ == 0; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_done_;
  std::size_t running_ = 0;
  std::exception_ptr failure_;
};

} // namespace shardbridge::bench
