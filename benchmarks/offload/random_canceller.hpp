#pragma once

#include "../common/random.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace shardbridge::bench {

/// Cancels a share of one client's operations, each at a random moment of its life.
///
/// Threads: the one that runs the client; a cancellation signal is not thread-safe.
template <class Executor>
class random_canceller {
 public:
  random_canceller(const Executor& executor, unsigned percent)
      : percent_(percent), state_(std::make_shared<state>(executor)) {}

  auto slot() { return state_->signal.slot(); }

  /// Call it before the operation is initiated.
  void begin(random_source& random) {
    if (random.below(100) >= percent_) return;
    // From a microsecond to two milliseconds, each power of two as likely: some hit the queue, some the device, some
    // come late.
    const auto bits = 10 + random.below(12);
    state_->timer.expires_after(std::chrono::nanoseconds(random.below(std::uint64_t{1} << bits)));
    state_->timer.async_wait([state = state_, turn = state_->turn](const boost::system::error_code& error) {
      // A timer that fired just before end() must not reach the next operation.
      if (!error && turn == state->turn) state->signal.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void end() {
    ++state_->turn;
    state_->timer.cancel();
  }

 private:
  using clock = std::chrono::steady_clock;

  struct state {
    explicit state(const Executor& executor) : timer(executor) {}
    boost::asio::cancellation_signal signal;
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, Executor> timer;
    std::uint64_t turn = 0;
  };

  unsigned percent_;
  std::shared_ptr<state> state_;
};

} // namespace shardbridge::bench
