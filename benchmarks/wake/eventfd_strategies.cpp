#include "strategies.hpp"

#include "../common/failure.hpp"
#include "event.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace shardbridge::bench {
namespace {

class event_reader {
 public:
  void wake(event_reader& peer) { signal_event(peer.event_.get()); }
  void sleep() { take_event(event_.get()); }

 private:
  unique_descriptor event_ = make_event(0);
};

class event_epoller {
 public:
  event_epoller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event what{.events = EPOLLIN | EPOLLET, .data = {}};
    if (epoll_.get() < 0 || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, event_.get(), &what) != 0)
      throw run_failure("cannot set up epoll: " + errno_text());
  }

  void wake(event_epoller& peer) { signal_event(peer.event_.get()); }

  void sleep() {
    do {
      epoll_event what{};
      if (::epoll_wait(epoll_.get(), &what, 1, -1) < 0 && errno != EINTR)
        throw run_failure("epoll_wait: " + errno_text());
    } while (!take_event(event_.get()));
  }

 private:
  unique_descriptor event_ = make_event(EFD_NONBLOCK);
  unique_descriptor epoll_;
};

} // namespace

strategy eventfd_read_strategy() {
  return {.name = "eventfd-read",
          .summary = "a blocking read of an eventfd",
          .sleeping = play_plain<event_reader>,
          .awake = play_looking<event_reader>,
          .needs_two_cores = false};
}

strategy eventfd_epoll_strategy() {
  return {.name = "eventfd-epoll",
          .summary = "epoll_wait on an eventfd, edge-triggered, as in Asio's reactor",
          .sleeping = play_plain<event_epoller>,
          .awake = play_looking<event_epoller>,
          .needs_two_cores = false};
}

} // namespace shardbridge::bench
