// What workers have done, on its way to the shard.
//
// Threads: any number push, one takes.
//
// Invariant: a job is pushed once and taken once before it is pushed again, and only all of them are taken together: so
// that the head cannot come back while somebody exchanges it (no ABA).
#pragma once

#include <shard_side/pool_job.hpp>

#include <atomic>

namespace shardbridge::detail {

class done_stack {
 public:
  /// release: pairs with the acquire of take_all(), which then sees the job's result and what it wrote.
  void push(pool_job& job) noexcept {
    job.done_before = head_.load(std::memory_order_relaxed);
    while (!head_.compare_exchange_weak(job.done_before, &job, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }

  /// Oldest first, linked by `next`.
  [[nodiscard]] pool_job* take_all() noexcept {
    if (head_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    pool_job* oldest = nullptr;
    for (pool_job* job = head_.exchange(nullptr, std::memory_order_acquire); job != nullptr; job = job->done_before) {
      job->next = oldest;
      oldest = job;
    }
    return oldest;
  }

 private:
  std::atomic<pool_job*> head_{nullptr};
};

} // namespace shardbridge::detail
