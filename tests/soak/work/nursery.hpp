// Goal: begin several things at once and go on when all have ended. Method: a count, and a timer that never fires.
//
// Threads: one strand.
#pragma once

#include "prelude.hpp"

namespace shardbridge::soak {

class nursery {
 public:
  explicit nursery(const asio::any_io_executor& strand) : idle_(strand) {}

  void spawn(asio::awaitable<void> work) {
    begin();
    asio::co_spawn(idle_.get_executor(), std::move(work), [this](const std::exception_ptr& thrown) {
      end();
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  /// For what has a handler of its own, which calls end() on the strand.
  void begin() { ++running_; }
  void end() {
    if (--running_ == 0) idle_.cancel();
  }
  [[nodiscard]] std::size_t running() const { return running_; }

  asio::awaitable<void> join() {
    while (running_ > 0) {
      idle_.expires_at(asio::steady_timer::time_point::max());
      co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

 private:
  asio::steady_timer idle_;
  std::size_t running_ = 0;
};

} // namespace shardbridge::soak
