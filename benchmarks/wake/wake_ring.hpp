#pragma once

#include <liburing.h>

#include <cstdint>

namespace shardbridge::bench {

struct wake_completion {
  std::uint64_t user_data;
  int result;
  unsigned flags;
};

/// A ring as a shard has it (SINGLE_ISSUER, DEFER_TASKRUN): completions move only while its thread waits for them.
///
/// Threads: the one that made it; descriptor() any.
class wake_ring {
 public:
  wake_ring();
  wake_ring(const wake_ring&) = delete;
  wake_ring& operator=(const wake_ring&) = delete;
  ~wake_ring() { io_uring_queue_exit(&ring_); }

  int descriptor() const noexcept { return ring_.ring_fd; }

  /// Room for one more; what it holds goes to the kernel with the next submit() or wait().
  io_uring_sqe* next_sqe();
  void submit();
  /// Sleeps until there is a completion.
  wake_completion wait();

 private:
  io_uring ring_{};
};

} // namespace shardbridge::bench
