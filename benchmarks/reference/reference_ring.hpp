#pragma once

#include "request.hpp"

#include <liburing.h>

namespace shardbridge::bench {

/// A bare io_uring, and requests as its entries.
///
/// Threads: what `flags` allow.
class reference_ring {
 public:
  /// Room for so many outstanding, as far as the kernel lets; what is more waits in the kernel. Throws run_failure.
  reference_ring(unsigned outstanding, unsigned flags);
  reference_ring(const reference_ring&) = delete;
  reference_ring& operator=(const reference_ring&) = delete;
  ~reference_ring() { io_uring_queue_exit(&ring_); }

  /// Prepares an entry; submits first where there is no room.
  void stage(reference_request& request);
  /// The same, to read 8 bytes; its completion has no request.
  void stage_read(int file, void* memory);
  /// The same of nothing.
  void stage_nothing();

  /// Throws run_failure.
  void submit();
  /// And waits until there is a completion. Throws run_failure.
  void submit_and_wait();
  /// Waits without submitting, beside a thread that submits. Throws run_failure.
  void wait();

  /// Calls `seen(request, result)` of every completion there is, with null for one without a request.
  template <class Seen>
  void reap(Seen seen) {
    io_uring_cqe* cqe = nullptr;
    while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
      auto* const request = static_cast<reference_request*>(io_uring_cqe_get_data(cqe));
      const int result = cqe->res;
      io_uring_cqe_seen(&ring_, cqe);
      seen(request, result);
    }
  }

 private:
  io_uring_sqe* get_sqe();

  io_uring ring_{};
};

} // namespace shardbridge::bench
