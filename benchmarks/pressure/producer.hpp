#pragma once

#include "../common/arrivals.hpp"
#include "../common/countdown.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/wait_traits.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>

namespace shardbridge::bench {

/// One client of the service: it offers operations as they fall due, on the service's own threads, as a server does
/// that reads requests from its connections. Where the service cannot keep up with its clients, what falls due is
/// offered late, and each operation knows since when it is; what was not offered at the end is not offered at all.
///
/// Threads: start() once; the rest runs on the executor.
template <class Executor>
class producer {
 public:
  using time_point = arrivals::time_point;
  /// Offers an operation that was due then.
  using offer_function = std::function<void(time_point)>;

  /// Tells `running` when it has ended; ends early when `stopped` is set.
  producer(const Executor& executor, arrivals due, offer_function offer, const std::atomic<bool>& stopped,
           countdown& running)
      : due_(due), offer_(std::move(offer)), stopped_(stopped), running_(running), timer_(executor) {}

  void start() {
    boost::asio::post(timer_.get_executor(), [this] { go_on(); });
  }

 private:
  using clock = std::chrono::steady_clock;

  void go_on() {
    try {
      step();
    } catch (...) {
      running_.done(std::current_exception());
    }
  }

  void step() {
    // After so many the handlers get their turn, which are queued behind this one.
    constexpr unsigned burst = 64;
    // Short enough to see soon that it is over.
    constexpr clock::duration nap = std::chrono::milliseconds(20);
    auto now = clock::now();
    for (unsigned i = 0; i != burst && due_.next() <= now && !over(now); ++i, now = clock::now()) {
      offer_(due_.next());
      due_.advance();
    }
    if (over(now)) {
      running_.done();
    } else if (due_.next() <= now) {
      start();
    } else {
      timer_.expires_at(std::min(due_.next(), now + nap));
      timer_.async_wait([this](const boost::system::error_code&) { go_on(); });
    }
  }

  bool over(time_point now) const {
    return stopped_.load(std::memory_order_relaxed) || due_.over() || now >= due_.end();
  }

  arrivals due_;
  offer_function offer_;
  const std::atomic<bool>& stopped_;
  countdown& running_;
  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, Executor> timer_;
};

} // namespace shardbridge::bench
