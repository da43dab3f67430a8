#include "wake_ring.hpp"

#include "../common/failure.hpp"

namespace shardbridge::bench {

wake_ring::wake_ring() {
  constexpr unsigned entries = 8;
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  const int error = io_uring_queue_init_params(entries, &ring_, &params);
  if (error == -EINVAL) throw run_failure("this kernel has no io_uring with SINGLE_ISSUER and DEFER_TASKRUN");
  if (error < 0) throw run_failure("cannot set up an io_uring: " + errno_text(-error));
  io_uring_register_ring_fd(&ring_);
}

io_uring_sqe* wake_ring::next_sqe() {
  io_uring_sqe* const sqe = io_uring_get_sqe(&ring_);
  if (sqe == nullptr) throw run_failure("the submission queue is full");
  return sqe;
}

void wake_ring::submit() {
  int result = 0;
  while ((result = io_uring_submit(&ring_)) == -EINTR) {
  }
  if (result < 0) throw run_failure("io_uring_enter: " + errno_text(-result));
}

wake_completion wake_ring::wait() {
  io_uring_cqe* cqe = nullptr;
  while (io_uring_peek_cqe(&ring_, &cqe) != 0) {
    const int result = io_uring_submit_and_wait(&ring_, 1);
    if (result < 0 && result != -EINTR) throw run_failure("io_uring_enter: " + errno_text(-result));
  }
  const wake_completion completion{cqe->user_data, cqe->res, cqe->flags};
  io_uring_cqe_seen(&ring_, cqe);
  return completion;
}

} // namespace shardbridge::bench
