#pragma once

#include "../common/descriptor.hpp"
#include "../common/memory.hpp"
#include "block_client.hpp"

#include <liburing.h>

#include <cstdint>
#include <deque>
#include <vector>

namespace shardbridge::bench {

/// The limit of one thread: one ring, registered file and buffers, nothing between the loop and the kernel.
///
/// It takes completions as they come and hands new operations in as soon as a sixteenth of the depth has gathered,
/// while the rest is still at the device: collecting all before submitting lets the device run dry.
///
/// Threads: all of it on the one that made it, but for the destructor.
class raw_ring {
 public:
  /// With the clients of the numbers `first`, `first + step` and so on of the load. Throws run_failure.
  raw_ring(load& shared, unsigned first, unsigned step);
  raw_ring(const raw_ring&) = delete;
  raw_ring& operator=(const raw_ring&) = delete;
  ~raw_ring();

  /// Runs all clients until the time is over, and to the end of the last operation. Throws run_failure.
  void run();

 private:
  // user_data: kind in bit 0, client in bits 1 to 31, generation above, because a linked timeout cancels by user_data.
  static constexpr std::uint64_t timeout_kind = 1;

  void set_up();
  void take_next(unsigned index);
  void begin_due();
  void withdraw_waiting();
  int submit_and_wait();
  void reap();
  void finish(block_client& client, int result) const;
  void stage(block_client& client);
  void link_timeout(io_uring_sqe* operation, std::uint64_t tag);
  io_uring_sqe* get_sqe();

  load& shared_;
  unsigned step_;
  unsigned count_;
  buffer_set buffers_;
  unsigned batch_;
  unique_descriptor file_;
  std::deque<block_client> clients_;
  std::vector<std::uint32_t> generations_;
  io_uring ring_{};
  bool registered_file_ = false;
  bool registered_buffers_ = false;
  __kernel_timespec timeout_{};
  std::deque<unsigned> waiting_; ///< Clients whose operations are not due yet, in the order of these.
  unsigned in_flight_ = 0;
  unsigned staged_ = 0;
};

} // namespace shardbridge::bench
