#pragma once

#include "countdown.hpp"
#include "cpus.hpp"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::bench {

/// Threads that do one thing together, again and again, and sleep between. Ended and awaited by the destructor.
///
/// Threads: run() by one at a time, which is none of the team.
class thread_team {
 public:
  /// `cpus`: one for each thread to stay on; empty: wherever they like.
  explicit thread_team(std::size_t size, const std::vector<int>& cpus = {}) {
    for (std::size_t i = 0; i != size; ++i) {
      if (cpus.empty()) {
        threads_.emplace_back([this, i](const std::stop_token& end) { serve(i, end); });
      } else {
        const on_cpus there({cpus[i % cpus.size()]});
        threads_.emplace_back([this, i](const std::stop_token& end) { serve(i, end); });
      }
    }
  }

  std::size_t size() const noexcept { return threads_.size(); }

  /// Has each thread call `work` with its number and returns when all have. Throws what one of them threw.
  void run(const std::function<void(std::size_t)>& work) {
    running_.start(threads_.size());
    {
      const std::lock_guard lock(mutex_);
      work_ = &work;
      ++turn_;
    }
    begin_.notify_all();
    running_.wait();
  }

 private:
  void serve(std::size_t index, const std::stop_token& end) {
    for (std::size_t done = 0;; ++done) {
      const std::function<void(std::size_t)>* work = nullptr;
      {
        std::unique_lock lock(mutex_);
        if (!begin_.wait(lock, end, [&] { return turn_ != done; })) return;
        work = work_;
      }
      std::exception_ptr failure;
      try {
        (*work)(index);
      } catch (...) {
        failure = std::current_exception();
      }
      running_.done(std::move(failure));
    }
  }

  std::mutex mutex_;
  std::condition_variable_any begin_;
  std::size_t turn_ = 0;
  const std::function<void(std::size_t)>* work_ = nullptr;
  countdown running_;
  std::vector<std::jthread> threads_; ///< The last member: they use the others to their end.
};

} // namespace shardbridge::bench
