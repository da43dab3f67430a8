#include "strategies.hpp"

#include "../common/failure.hpp"
#include "event.hpp"
#include "wake_ring.hpp"

#include <poll.h>
#include <sys/eventfd.h>

namespace shardbridge::bench {
namespace {

int checked(const char* operation, int result) {
  if (result < 0) throw run_failure(std::string(operation) + ": " + errno_text(-result));
  return result;
}

/// What wakes a shard.
class event_poller {
 public:
  void wake(event_poller& peer) { signal_event(peer.event_.get()); }

  void sleep() {
    do {
      if (!watching_) io_uring_prep_poll_multishot(ring_.next_sqe(), event_.get(), POLLIN);
      const auto completion = ring_.wait();
      checked("a multishot poll", completion.result);
      watching_ = (completion.flags & IORING_CQE_F_MORE) != 0;
    } while (!take_event(event_.get()));
  }

 private:
  unique_descriptor event_ = make_event(EFD_NONBLOCK);
  wake_ring ring_;
  bool watching_ = false;
};

class uring_reader {
 public:
  void wake(uring_reader& peer) { signal_event(peer.event_.get()); }

  void sleep() {
    io_uring_prep_read(ring_.next_sqe(), event_.get(), &count_, sizeof(count_), 0);
    checked("a read", ring_.wait().result);
  }

 private:
  std::uint64_t count_ = 0;
  unique_descriptor event_ = make_event(0);
  wake_ring ring_;
};

class ring_messenger {
 public:
  void wake(ring_messenger& peer) {
    io_uring_sqe* const sqe = ring_.next_sqe();
    io_uring_prep_msg_ring(sqe, peer.ring_.descriptor(), 0, received, 0);
    sqe->user_data = sent;
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    ring_.submit();
  }

  void sleep() {
    for (;;) {
      const auto completion = ring_.wait();
      if (completion.user_data == received) return;
      checked("IORING_OP_MSG_RING", completion.result);
    }
  }

 private:
  static constexpr std::uint64_t sent = 1;
  static constexpr std::uint64_t received = 2;

  wake_ring ring_;
};

} // namespace

strategy eventfd_poll_strategy() {
  return {.name = "eventfd-poll",
          .summary = "an io_uring with a multishot poll on an eventfd, as in a shard",
          .sleeping = play_plain<event_poller>,
          .awake = play_looking<event_poller>,
          .needs_two_cores = false};
}

strategy uring_read_strategy() {
  return {.name = "uring-read",
          .summary = "an io_uring with a read of an eventfd",
          .sleeping = play_plain<uring_reader>,
          .awake = play_looking<uring_reader>,
          .needs_two_cores = false};
}

strategy msg_ring_strategy() {
  return {.name = "msg-ring",
          .summary = "IORING_OP_MSG_RING from one io_uring to the other: only between shards",
          .sleeping = play_plain<ring_messenger>,
          .awake = play_looking<ring_messenger>,
          .needs_two_cores = false};
}

} // namespace shardbridge::bench
