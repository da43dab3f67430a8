#include "raw_ring.hpp"

#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "blocking_transfer.hpp"
#include "sleep_until_due.hpp"

#include <sys/uio.h>

#include <algorithm>

namespace shardbridge::bench {

raw_ring::raw_ring(load& shared, unsigned first, unsigned step)
    : shared_(shared), step_(step), count_((shared.what.depth - first + step - 1) / step),
      buffers_(count_, shared.what.block), batch_(std::max(1U, count_ / 16)), file_(open_for(shared.what, "raw")) {
  for (unsigned i = 0; i != count_; ++i)
    clients_.emplace_back(shared_, first + i * step, buffers_[i]);
  generations_.resize(count_);
  set_up();
}

raw_ring::~raw_ring() {
  io_uring_queue_exit(&ring_);
}

void raw_ring::set_up() {
  const unsigned sqes_each = shared_.what.timeout ? 2 : 1;
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |
                 IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  params.cq_entries = count_ * sqes_each * 2;
  int error = io_uring_queue_init_params(count_ * sqes_each, &ring_, &params);
  if (error == -EINVAL) { // before 6.1
    params = {};
    params.flags = IORING_SETUP_CLAMP;
    error = io_uring_queue_init_params(count_ * sqes_each, &ring_, &params);
  }
  if (error < 0) throw run_failure("raw: cannot set up an io_uring: " + errno_text(-error));
  const int descriptor = file_.get();
  registered_file_ = io_uring_register_files(&ring_, &descriptor, 1) == 0;
  std::vector<iovec> vectors;
  for (const auto& client : clients_)
    vectors.push_back({client.buffer().data(), client.buffer().size()});
  registered_buffers_ = io_uring_register_buffers(&ring_, vectors.data(), static_cast<unsigned>(vectors.size())) == 0;
}

void raw_ring::run() {
  in_flight_ = 0;
  staged_ = 0;
  for (unsigned i = 0; i != count_; ++i)
    take_next(i);
  while (in_flight_ != 0 || !waiting_.empty()) {
    const int result = submit_and_wait();
    if (result < 0 && result != -EINTR && result != -ETIME)
      throw run_failure("raw: io_uring_enter: " + errno_text(-result));
    staged_ = 0;
    reap();
    begin_due();
  }
}

int raw_ring::submit_and_wait() {
  if (waiting_.empty()) return io_uring_submit_and_wait(&ring_, 1);
  const auto nap = nap_until(clients_[waiting_.front()].due());
  __kernel_timespec time{.tv_sec = 0, .tv_nsec = nap.count()};
  io_uring_cqe* first = nullptr;
  return io_uring_submit_and_wait_timeout(&ring_, &first, 1, &time, nullptr);
}

void raw_ring::take_next(unsigned index) {
  block_client& client = clients_[index];
  if (!client.next()) return;
  if (client.early())
    waiting_.push_back(index); // what is taken later is due later
  else
    stage(client);
}

void raw_ring::begin_due() {
  if (!waiting_.empty() && interrupted()) withdraw_waiting();
  for (; !waiting_.empty() && !clients_[waiting_.front()].early(); waiting_.pop_front())
    stage(clients_[waiting_.front()]);
}

void raw_ring::withdraw_waiting() {
  for (const unsigned index : waiting_)
    clients_[index].withdraw();
  waiting_.clear();
}

void raw_ring::reap() {
  io_uring_cqe* cqe = nullptr;
  while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
    const std::uint64_t tag = cqe->user_data;
    const int result = cqe->res;
    io_uring_cqe_seen(&ring_, cqe);
    --in_flight_;
    if ((tag & timeout_kind) != 0) continue;
    const auto index = static_cast<unsigned>((tag & 0xffffffffU) >> 1);
    finish(clients_[index], result);
    take_next(index);
    if (staged_ >= batch_) {
      io_uring_submit(&ring_);
      staged_ = 0;
    }
  }
}

void raw_ring::finish(block_client& client, int result) const {
  if (result >= 0)
    client.completed(static_cast<std::size_t>(result));
  else if (shared_.what.timeout && (result == -ECANCELED || result == -EINTR))
    client.timed_out();
  else
    client.failed(errno_text(-result));
}

void raw_ring::stage(block_client& client) {
  const unsigned index = client.index() / step_; // the first is less than a step
  const std::uint64_t tag = std::uint64_t{++generations_[index]} << 32 | std::uint64_t{index} << 1;
  io_uring_sqe* sqe = get_sqe();
  const int file = registered_file_ ? 0 : file_.get();
  const auto buffer = client.buffer();
  const auto size = static_cast<unsigned>(buffer.size());
  const auto number = static_cast<int>(index);
  if (client.is_write())
    registered_buffers_ ? io_uring_prep_write_fixed(sqe, file, buffer.data(), size, client.offset(), number)
                        : io_uring_prep_write(sqe, file, buffer.data(), size, client.offset());
  else
    registered_buffers_ ? io_uring_prep_read_fixed(sqe, file, buffer.data(), size, client.offset(), number)
                        : io_uring_prep_read(sqe, file, buffer.data(), size, client.offset());
  if (registered_file_) sqe->flags |= IOSQE_FIXED_FILE;
  sqe->user_data = tag;
  ++in_flight_;
  ++staged_;
  if (shared_.what.timeout) link_timeout(sqe, tag);
}

void raw_ring::link_timeout(io_uring_sqe* operation, std::uint64_t tag) {
  const auto nanoseconds = shared_.what.timeout->count();
  timeout_.tv_sec = nanoseconds / 1'000'000'000;
  timeout_.tv_nsec = nanoseconds % 1'000'000'000;
  operation->flags |= IOSQE_IO_LINK;
  io_uring_sqe* sqe = get_sqe();
  io_uring_prep_link_timeout(sqe, &timeout_, 0);
  sqe->user_data = tag | timeout_kind;
  ++in_flight_;
}

io_uring_sqe* raw_ring::get_sqe() {
  // The queue holds every client's entries at once, so there is always room.
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  if (sqe == nullptr) throw run_failure("raw: the submission queue is full");
  return sqe;
}

} // namespace shardbridge::bench
