#include "engines.hpp"

#include "../common/descriptor.hpp"
#include "../common/failure.hpp"
#include "../common/memory.hpp"

#include <liburing.h>

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace shardbridge::bench {
namespace {

/// The limit: one thread, one ring, registered file and buffers, nothing between the loop and the kernel.
///
/// It takes completions as they come and hands new operations in as soon as a sixteenth of the depth has gathered,
/// while the rest is still at the device: collecting all before submitting lets the device run dry.
class raw_engine final : public engine {
 public:
  raw_engine(const workload& what, block_ledger* ledger)
      : shared_(what, ledger), buffers_(what.depth, what.block), batch_(std::max(1U, what.depth / 16)) {
    open_file();
    for (unsigned i = 0; i != what.depth; ++i)
      clients_.emplace_back(shared_, i, buffers_[i]);
    generations_.resize(what.depth);
    set_up_ring();
  }

  ~raw_engine() override { io_uring_queue_exit(&ring_); }

  round_result run_round(double seconds) override {
    return timed_round(shared_, seconds, [&] { run(); });
  }

 private:
  // user_data: kind in bit 0, client in bits 1 to 31, generation above, because a linked timeout cancels by user_data.
  static constexpr std::uint64_t timeout_kind = 1;

  void open_file() {
    const workload& what = shared_.what;
    const int flags = (writes(what.rw) ? O_RDWR : O_RDONLY) | (what.direct ? O_DIRECT : 0) | O_CLOEXEC;
    file_ = unique_descriptor(::open(what.path.c_str(), flags));
    if (file_.get() < 0) throw run_failure("raw: cannot open the file: " + errno_text());
  }

  void set_up_ring() {
    const unsigned sqes_each = shared_.what.timeout ? 2 : 1;
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |
                   IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    params.cq_entries = shared_.what.depth * sqes_each * 2;
    int error = io_uring_queue_init_params(shared_.what.depth * sqes_each, &ring_, &params);
    if (error == -EINVAL) { // before 6.1
      params = {};
      params.flags = IORING_SETUP_CLAMP;
      error = io_uring_queue_init_params(shared_.what.depth * sqes_each, &ring_, &params);
    }
    if (error < 0) throw run_failure("raw: cannot set up an io_uring: " + errno_text(-error));
    const int descriptor = file_.get();
    registered_file_ = io_uring_register_files(&ring_, &descriptor, 1) == 0;
    std::vector<iovec> vectors;
    for (const auto& client : clients_)
      vectors.push_back({client.buffer().data(), client.buffer().size()});
    registered_buffers_ = io_uring_register_buffers(&ring_, vectors.data(), static_cast<unsigned>(vectors.size())) == 0;
  }

  void run() {
    in_flight_ = 0;
    staged_ = 0;
    for (auto& client : clients_)
      stage(client);
    while (in_flight_ != 0) {
      const int result = io_uring_submit_and_wait(&ring_, 1);
      if (result < 0 && result != -EINTR) throw run_failure("raw: io_uring_enter: " + errno_text(-result));
      staged_ = 0;
      reap();
    }
  }

  void reap() {
    io_uring_cqe* cqe = nullptr;
    while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
      const std::uint64_t tag = cqe->user_data;
      const int result = cqe->res;
      io_uring_cqe_seen(&ring_, cqe);
      --in_flight_;
      if ((tag & timeout_kind) != 0) continue;
      auto& client = clients_[(tag & 0xffffffffU) >> 1];
      finish(client, result);
      stage(client);
      if (staged_ >= batch_) {
        io_uring_submit(&ring_);
        staged_ = 0;
      }
    }
  }

  void finish(block_client& client, int result) const {
    if (result >= 0)
      client.completed(static_cast<std::size_t>(result));
    else if (shared_.what.timeout && (result == -ECANCELED || result == -EINTR))
      client.timed_out();
    else
      client.failed(errno_text(-result));
  }

  void stage(block_client& client) {
    if (!client.next()) return;
    const std::uint64_t tag = std::uint64_t{++generations_[client.index()]} << 32 | std::uint64_t{client.index()} << 1;
    io_uring_sqe* sqe = get_sqe();
    const int file = registered_file_ ? 0 : file_.get();
    const auto buffer = client.buffer();
    const auto size = static_cast<unsigned>(buffer.size());
    const auto index = static_cast<int>(client.index());
    if (client.is_write())
      registered_buffers_ ? io_uring_prep_write_fixed(sqe, file, buffer.data(), size, client.offset(), index)
                          : io_uring_prep_write(sqe, file, buffer.data(), size, client.offset());
    else
      registered_buffers_ ? io_uring_prep_read_fixed(sqe, file, buffer.data(), size, client.offset(), index)
                          : io_uring_prep_read(sqe, file, buffer.data(), size, client.offset());
    if (registered_file_) sqe->flags |= IOSQE_FIXED_FILE;
    sqe->user_data = tag;
    ++in_flight_;
    ++staged_;
    if (shared_.what.timeout) link_timeout(sqe, tag);
  }

  void link_timeout(io_uring_sqe* operation, std::uint64_t tag) {
    const auto nanoseconds = shared_.what.timeout->count();
    timeout_.tv_sec = nanoseconds / 1'000'000'000;
    timeout_.tv_nsec = nanoseconds % 1'000'000'000;
    operation->flags |= IOSQE_IO_LINK;
    io_uring_sqe* sqe = get_sqe();
    io_uring_prep_link_timeout(sqe, &timeout_, 0);
    sqe->user_data = tag | timeout_kind;
    ++in_flight_;
  }

  io_uring_sqe* get_sqe() {
    // The queue holds every client's entries at once, so there is always room.
    io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
    if (sqe == nullptr) throw run_failure("raw: the submission queue is full");
    return sqe;
  }

  load shared_;
  buffer_set buffers_;
  unsigned batch_;
  unique_descriptor file_;
  std::deque<block_client> clients_;
  std::vector<std::uint32_t> generations_;
  io_uring ring_{};
  bool registered_file_ = false;
  bool registered_buffers_ = false;
  __kernel_timespec timeout_{};
  unsigned in_flight_ = 0;
  unsigned staged_ = 0;
};

} // namespace

std::unique_ptr<engine> make_raw_engine(const workload& what, block_ledger* ledger) {
  return std::make_unique<raw_engine>(what, ledger);
}

} // namespace shardbridge::bench
