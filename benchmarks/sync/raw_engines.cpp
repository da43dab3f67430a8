#include "../common/failure.hpp"
#include "commit_group.hpp"
#include "engine.hpp"

#include <liburing.h>

#include <sys/uio.h>

#include <cstddef>
#include <string>
#include <vector>

namespace shardbridge::bench {
namespace {

/// One thread and its ring, nothing between the loop and the kernel.
class ring_engine : public sync_engine {
 public:
  explicit ring_engine(const sync_setting& what) : sync_engine(what) {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
    int error = io_uring_queue_init_params(2 * what.depth, &ring_, &params);
    if (error == -EINVAL) { // before 6.1
      params = {};
      error = io_uring_queue_init_params(2 * what.depth, &ring_, &params);
    }
    if (error < 0) throw run_failure("cannot set up an io_uring: " + errno_text(-error));
  }
  ~ring_engine() override { io_uring_queue_exit(&ring_); }

 protected:
  /// There is room for a write and a sync of every client.
  io_uring_sqe* get_sqe() {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
    if (sqe == nullptr) throw run_failure("raw: the submission queue is full");
    ++in_flight_;
    return sqe;
  }

  /// Submits, waits and calls `seen(tag, result)` of everything, until nothing is in flight any more.
  template <class Seen>
  void run_ring(Seen seen) {
    while (in_flight_ != 0) {
      const int result = io_uring_submit_and_wait(&ring_, 1);
      if (result < 0 && result != -EINTR) throw run_failure("raw: io_uring_enter: " + errno_text(-result));
      io_uring_cqe* cqe = nullptr;
      while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
        const std::uint64_t which = cqe->user_data;
        const int came_to = cqe->res;
        io_uring_cqe_seen(&ring_, cqe);
        --in_flight_;
        seen(which, came_to);
      }
    }
  }

  static std::string problem_of(int result) {
    return result < 0 ? errno_text(-result) : "short write of " + std::to_string(result) + " bytes";
  }

 private:
  io_uring ring_{};
  unsigned in_flight_ = 0;
};

/// All that waits is written, one write for places side by side, and one sync drains the ring before it begins.
class grouped_engine final : public ring_engine {
 public:
  using ring_engine::ring_engine;

 private:
  static constexpr std::uint64_t sync_tag = ~std::uint64_t{0};

  void run() override {
    for (auto& client : clients())
      if (client.next()) group_.add(client);
    begin();
    run_ring([this](std::uint64_t which, int result) { which == sync_tag ? end(result) : wrote(which, result); });
  }

  void begin() {
    if (!group_.begin()) return;
    problem_.clear();
    runs_ = runs_of(group_.members());
    vectors_.clear();
    for (const sync_client* who : group_.members())
      vectors_.push_back({who->buffer().data(), who->buffer().size()});
    for (std::size_t i = 0; i != runs_.size(); ++i) {
      io_uring_sqe* sqe = get_sqe();
      io_uring_prep_writev(sqe, file(), vectors_.data() + runs_[i].first, static_cast<unsigned>(runs_[i].count),
                           group_.members()[runs_[i].first]->offset());
      sqe->user_data = i;
    }
    io_uring_sqe* sqe = get_sqe();
    io_uring_prep_fsync(sqe, file(), IORING_FSYNC_DATASYNC);
    sqe->flags |= IOSQE_IO_DRAIN;
    sqe->user_data = sync_tag;
  }

  void wrote(std::size_t run, int result) {
    if (result != static_cast<int>(runs_[run].count * what().block)) problem_ = problem_of(result);
  }

  void end(int result) {
    count_sync();
    if (result < 0 && problem_.empty()) problem_ = errno_text(-result);
    for (sync_client* who : group_.end()) {
      problem_.empty() ? who->completed() : who->failed(problem_);
      if (who->next()) group_.add(*who);
    }
    begin();
  }

  commit_group group_;
  std::vector<commit_run> runs_;
  std::vector<iovec> vectors_;
  std::string problem_;
};

/// A sync linked behind the write of each client.
class linked_engine final : public ring_engine {
 public:
  explicit linked_engine(const sync_setting& what) : ring_engine(what), written_(what.depth) {}

 private:
  // user_data: the client, and in bit 0 whether it is its sync.
  void run() override {
    for (std::size_t i = 0; i != clients().size(); ++i)
      stage(i);
    run_ring([this](std::uint64_t which, int result) {
      if ((which & 1) == 0)
        written_[which >> 1] = result;
      else
        end(which >> 1, result);
    });
  }

  void stage(std::size_t index) {
    sync_client& who = clients()[index];
    if (!who.next()) return;
    io_uring_sqe* sqe = get_sqe();
    const auto buffer = who.buffer();
    io_uring_prep_write(sqe, file(), buffer.data(), static_cast<unsigned>(buffer.size()), who.offset());
    sqe->flags |= IOSQE_IO_LINK;
    sqe->user_data = index << 1;
    sqe = get_sqe();
    io_uring_prep_fsync(sqe, file(), IORING_FSYNC_DATASYNC);
    sqe->user_data = index << 1 | 1;
  }

  /// A link ends in order: what became of the write is known.
  void end(std::size_t index, int result) {
    sync_client& who = clients()[index];
    if (written_[index] != static_cast<int>(what().block))
      who.failed(problem_of(written_[index]));
    else if (result < 0)
      who.failed(errno_text(-result));
    else {
      count_sync();
      who.completed();
    }
    stage(index);
  }

  std::vector<int> written_; ///< What became of each client's write.
};

} // namespace

std::unique_ptr<sync_engine> make_sync_raw(const sync_setting& what) {
  return std::make_unique<grouped_engine>(what);
}

std::unique_ptr<sync_engine> make_sync_raw_linked(const sync_setting& what) {
  return std::make_unique<linked_engine>(what);
}

} // namespace shardbridge::bench
