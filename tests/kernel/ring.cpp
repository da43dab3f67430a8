// Goal and method: see ring.hpp.
#include "ring.hpp"

#include <cstring>
#include <stdexcept>
#include <system_error>

namespace kernel_tests {

std::ostream& operator<<(std::ostream& out, ring_kind kind) {
  return out << (kind == ring_kind::plain ? "plain" : "deferred");
}

std::ostream& operator<<(std::ostream& out, const completion& what) {
  out << what.user_data << ": " << what.res;
  if (what.res < 0) out << " (" << std::strerror(-what.res) << ")";
  return out;
}

ring::ring(ring_setup setup) {
  io_uring_params params{};
  params.flags = setup.more_flags;
  if (setup.kind == ring_kind::deferred)
    params.flags |= IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
  if (setup.cq_entries != 0) {
    params.flags |= IORING_SETUP_CQSIZE;
    params.cq_entries = setup.cq_entries;
  }
  const int error = io_uring_queue_init_params(setup.entries, &ring_, &params);
  if (error != 0) throw std::system_error(-error, std::generic_category(), "io_uring_setup");
  open_ = true;
}

void ring::close() {
  if (open_) io_uring_queue_exit(&ring_);
  open_ = false;
}

std::string ring::why_unavailable(ring_kind kind) {
  try {
    ring trial({.kind = kind});
    trial.stage(op, [](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); });
    if (const int got = trial.submit(); got != 1) return std::string("io_uring cannot be used: ") + std::strerror(-got);
    return trial.reap(1).size() == 1 ? "" : "io_uring cannot be used: a no-op does not complete";
  } catch (const std::system_error& failure) {
    return std::string("io_uring cannot be used: ") + failure.what();
  }
}

io_uring_sqe* ring::next_sqe() {
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  if (sqe == nullptr) throw std::logic_error("the test stages more SQEs than its ring holds");
  return sqe;
}

void ring::stage_timeout(io_uring_sqe* sqe, std::chrono::milliseconds after, std::uint64_t user_data) {
  sqe->flags |= IOSQE_IO_LINK;
  timeout_ = {.tv_sec = after.count() / 1000, .tv_nsec = after.count() % 1000 * 1'000'000};
  stage(user_data, [this](io_uring_sqe* linked) { io_uring_prep_link_timeout(linked, &timeout_, 0); });
}

void ring::stage_cancel(std::uint64_t target) {
  stage(cancel, [target](io_uring_sqe* sqe) { io_uring_prep_cancel64(sqe, target, 0); });
}

std::vector<completion> ring::reap(unsigned count, std::chrono::milliseconds limit) {
  std::vector<completion> result;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (result.size() < count) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    __kernel_timespec wait{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    io_uring_cqe* next = nullptr;
    if (io_uring_wait_cqe_timeout(&ring_, &next, &wait) != 0) continue; // late, or interrupted
    result.push_back({next->user_data, next->res, next->flags});
    io_uring_cqe_seen(&ring_, next);
  }
  return result;
}

unsigned ring::ready_after_entering() {
  io_uring_get_events(&ring_);
  return ready();
}

} // namespace kernel_tests
