// Goal: the ring under test, and completions as plain values in the order the kernel posted them.
// Method: the thinnest wrapper over liburing, so that a test shows what the kernel does and nothing else.
//
// Threads: one; a `deferred` ring refuses all but the thread that made it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <liburing.h>

namespace kernel_tests {

enum class ring_kind {
  plain,    ///< no set-up flags
  deferred, ///< SINGLE_ISSUER | DEFER_TASKRUN | SUBMIT_ALL, as the library's shards use
};

std::ostream& operator<<(std::ostream& out, ring_kind kind);

struct ring_setup {
  ring_kind kind = ring_kind::plain;
  unsigned entries = 32;
  unsigned cq_entries = 0; ///< 0: what the kernel chooses
  unsigned more_flags = 0;
};

struct completion {
  std::uint64_t user_data;
  int res;
  unsigned flags;

  bool has_more() const { return (flags & IORING_CQE_F_MORE) != 0; }
  friend bool operator==(const completion& a, const completion& b) {
    return a.user_data == b.user_data && a.res == b.res;
  }
};

/// Prints as `1: -62 (Timer expired)`, so that a failing comparison reads like the tables of the
/// documentation.
std::ostream& operator<<(std::ostream& out, const completion& what);

/// What a test expects: who, with which result.
inline completion cqe(std::uint64_t user_data, int res) {
  return {user_data, res, 0};
}

// The user_data of the three SQEs most tests are about.
inline constexpr std::uint64_t op = 1;
inline constexpr std::uint64_t timeout = 2;
inline constexpr std::uint64_t cancel = 3;

class ring {
 public:
  /// Throws std::system_error if the kernel refuses.
  explicit ring(ring_setup setup);
  ~ring() { close(); }

  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;

  /// Why no ring of this kind works here, in a sentence; empty if one does. Found by completing a no-op on
  /// one.
  static std::string why_unavailable(ring_kind kind);

  io_uring* native() { return &ring_; }

  /// An empty SQE with `user_data` set after `prepare(sqe)` has filled it.
  template <class Prepare>
  io_uring_sqe* stage(std::uint64_t user_data, Prepare prepare) {
    io_uring_sqe* sqe = next_sqe();
    prepare(sqe);
    sqe->user_data = user_data;
    return sqe;
  }

  /// Links a timeout with user_data `timeout` to `sqe`, which must have been staged last.
  void stage_timeout(io_uring_sqe* sqe, std::chrono::milliseconds after, std::uint64_t user_data = timeout);

  /// A cancel of `target` with user_data `cancel`.
  void stage_cancel(std::uint64_t target);

  int submit() { return io_uring_submit(&ring_); }

  /// The next `count` completions as they were posted, or fewer if they do not come within `limit`.
  std::vector<completion> reap(unsigned count, std::chrono::milliseconds limit = std::chrono::seconds(20));

  /// Enters the kernel without waiting and counts what is in the CQ then.
  unsigned ready_after_entering();

  /// Counts what is in the CQ without entering the kernel.
  unsigned ready() const { return io_uring_cq_ready(&ring_); }

  void close();

 private:
  io_uring_sqe* next_sqe();

  io_uring ring_{};
  bool open_ = false;
  __kernel_timespec timeout_{}; // read by the kernel during submit
};

} // namespace kernel_tests
