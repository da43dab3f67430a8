#include "strategies.hpp"

#include "../common/failure.hpp"
#include "event.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <sys/eventfd.h>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// An io_context that does not return for lack of work.
struct kept_context {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

class post_receiver {
 public:
  void wake(post_receiver& peer) {
    asio::post(peer.kept_.context, [] {});
  }
  void sleep() { kept_.context.run_one(); }

 protected:
  kept_context kept_;
};

/// Every post is seen by Asio's own queue, so it is that one which is looked at and not a word beside it.
class post_poller : public post_receiver {
 public:
  explicit post_poller(std::chrono::nanoseconds patience) : patience_(patience) {}

  void sleep() {
    if (!look_for(patience_, [&] { return kept_.context.poll_one() != 0; })) post_receiver::sleep();
  }

 private:
  std::chrono::nanoseconds patience_;
};

wake_round play_post_awake(const round_setting& setting) {
  return ping_pong<post_poller>(setting).play(setting.patience);
}

class descriptor_waiter {
 public:
  void wake(descriptor_waiter& peer) { signal_event(peer.event_.native_handle()); }

  void sleep() {
    bool woken = false;
    event_.async_wait(asio::posix::stream_descriptor::wait_read, [&](const boost::system::error_code& error) {
      if (error) throw run_failure("async_wait: " + error.message());
      woken = true;
    });
    while (!woken)
      kept_.context.run_one();
    take_event(event_.native_handle());
  }

 private:
  kept_context kept_;
  asio::posix::stream_descriptor event_{kept_.context, make_event(EFD_NONBLOCK).release()};
};

} // namespace

strategy asio_post_strategy() {
  return {.name = "asio-post",
          .summary = "asio::post from one io_context to the other",
          .sleeping = play_plain<post_receiver>,
          .awake = play_post_awake,
          .needs_two_cores = false};
}

strategy asio_descriptor_strategy() {
  return {.name = "asio-descriptor",
          .summary = "async_wait on an eventfd in a posix::stream_descriptor",
          .sleeping = play_plain<descriptor_waiter>,
          .awake = play_looking<descriptor_waiter>,
          .needs_two_cores = false};
}

} // namespace shardbridge::bench
