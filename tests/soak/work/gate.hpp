// Goal: points in time at which nobody has anything under way. Method: a worker passes the gate before each piece of
// work, and is away while it waits there; who closes it waits until all are away.
//
// Threads: any. `inside_` and `state_` are sequentially consistent: a worker goes inside before it looks at the state,
// and who closes changes the state before it looks who is inside, so that one of the two sees the other.
#pragma once

#include "prelude.hpp"

#include <thread>

namespace shardbridge::soak {

class gate {
 public:
  /// Until the gate is open. False: the worker is to end. For coroutines.
  asio::awaitable<bool> pass() {
    inside_.fetch_sub(1);
    while (true) {
      inside_.fetch_add(1);
      if (state_.load() != state::closed) break;
      inside_.fetch_sub(1);
      asio::steady_timer look(co_await asio::this_coro::executor, 5ms);
      co_await look.async_wait(asio::use_awaitable);
    }
    co_return !ended();
  }
  /// The same for threads.
  bool pass_now() {
    inside_.fetch_sub(1);
    while (true) {
      inside_.fetch_add(1);
      if (state_.load() != state::closed) return !ended();
      inside_.fetch_sub(1);
      std::this_thread::sleep_for(5ms);
    }
  }
  [[nodiscard]] bool ended() const { return state_.load() == state::ended; }

  /// A worker has been made, or has gone; it counts as inside.
  void enter() { inside_.fetch_add(1); }
  void leave() { inside_.fetch_sub(1); }

  void close() { state_.store(state::closed); }
  void open() { state_.store(state::open); }
  void end() { state_.store(state::ended); }
  [[nodiscard]] int inside() const { return inside_.load(); }

 private:
  enum class state { open, closed, ended };
  std::atomic<state> state_ = state::open;
  std::atomic<int> inside_ = 0;
};

} // namespace shardbridge::soak
