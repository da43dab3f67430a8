#include "reference_ring.hpp"

#include "../common/failure.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr unsigned entries_max = 4096;
constexpr unsigned completions_max = 65536;

void check(int result) {
  if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY)
    throw run_failure("io_uring_enter: " + errno_text(-result));
}

} // namespace

reference_ring::reference_ring(unsigned outstanding, unsigned flags) {
  io_uring_params params{};
  params.flags = flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  params.cq_entries = std::min(completions_max, 2 * (outstanding + 1));
  const int result = io_uring_queue_init_params(std::min(entries_max, outstanding + 1), &ring_, &params);
  if (result < 0) throw run_failure("cannot set up an io_uring: " + errno_text(-result));
}

io_uring_sqe* reference_ring::get_sqe() {
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  while (sqe == nullptr) {
    submit();
    sqe = io_uring_get_sqe(&ring_);
  }
  return sqe;
}

void reference_ring::stage(reference_request& request) {
  io_uring_sqe* const sqe = get_sqe();
  switch (request.what) {
  case reference_request::kind::nop:
    io_uring_prep_nop(sqe);
    break;
  case reference_request::kind::read:
    io_uring_prep_read(sqe, request.file, request.memory, request.bytes, request.offset);
    break;
  case reference_request::kind::write:
    io_uring_prep_write(sqe, request.file, request.memory, request.bytes, request.offset);
    break;
  }
  io_uring_sqe_set_data(sqe, &request);
}

void reference_ring::stage_read(int file, void* memory) {
  io_uring_sqe* const sqe = get_sqe();
  io_uring_prep_read(sqe, file, memory, 8, 0);
  io_uring_sqe_set_data(sqe, nullptr);
}

void reference_ring::stage_nothing() {
  io_uring_sqe* const sqe = get_sqe();
  io_uring_prep_nop(sqe);
  io_uring_sqe_set_data(sqe, nullptr);
}

void reference_ring::submit() {
  check(io_uring_submit(&ring_));
}

void reference_ring::submit_and_wait() {
  check(io_uring_submit_and_wait(&ring_, 1));
}

void reference_ring::wait() {
  io_uring_cqe* cqe = nullptr;
  check(io_uring_wait_cqe(&ring_, &cqe));
}

} // namespace shardbridge::bench
