#pragma once

#include <shard_side/driver.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/uio.h>

namespace shardbridge::detail {

/// One submission to the thread-pool driver.
struct pool_job {
  enum class place : std::uint8_t {
    nowhere, ///< it has ended, or was never begun
    staged,  ///< for the next submit
    worker,  ///< queued for one, or with one, or done by one and not collected
    waiting, ///< for its descriptor to be ready
    later    ///< to be tried again without one
  };

  token which{};
  submission what{};
  iovec piece{}; ///< where `what` has one: its own goes when the operation is answered before the job has ended
  std::int32_t result = 0;
  place where = place::nowhere;
  bool cancelled = false;       ///< while it was staged
  bool queued = false;          ///< guarded by the workers' mutex
  std::int32_t flags = -1;      ///< of a descriptor that is made non-blocking for as long as the job lasts; -1: none is
  std::uint32_t awaits = 0;     ///< EPOLL*
  std::uint64_t moved = 0;      ///< bytes of a send that goes on
  pool_job* previous = nullptr; ///< in a queue of workers, or among those that wait for the same descriptor
  pool_job* next = nullptr;
  pool_job* done_before = nullptr;
};

/// The jobs of a driver, one a slot of its shard, so that none is ever allocated.
class job_table {
 public:
  explicit job_table(std::uint32_t capacity) : jobs_(capacity) {}

  /// The slot's former job has ended.
  pool_job& begin(token which, const submission& what) noexcept {
    pool_job& job = jobs_[which.index()];
    job = pool_job{};
    job.which = which;
    job.what = what;
    if (what.iovec_count == 1) {
      job.piece = *what.iovecs;
      job.what.iovecs = &job.piece;
    }
    job.where = pool_job::place::staged;
    return job;
  }
  /// nullptr: the job of that name has ended.
  [[nodiscard]] pool_job* find(token which) noexcept {
    if (which.index() >= jobs_.size()) return nullptr;
    pool_job& job = jobs_[which.index()];
    return job.where != pool_job::place::nowhere && job.which.generation() == which.generation() ? &job : nullptr;
  }

 private:
  std::vector<pool_job> jobs_;
};

} // namespace shardbridge::detail
