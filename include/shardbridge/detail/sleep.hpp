#pragma once

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/timer.hpp>

#include <chrono>
#include <coroutine>
#include <cstdint>

namespace shardbridge::detail {

inline std::int64_t nanoseconds_of(std::chrono::steady_clock::time_point time) noexcept {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}
inline std::int64_t from_now(std::chrono::nanoseconds length) noexcept {
  return later(nanoseconds_of(std::chrono::steady_clock::now()), length);
}

/// A coroutine of a shard that waits for a time.
class sleep : private waiter, private timer {
 public:
  sleep(shard_runtime& on, std::int64_t until) noexcept : waiter(on) { at = until; }
  ~sleep() { runtime.stop_timer(*this); }
  sleep(const sleep&) = delete;
  sleep& operator=(const sleep&) = delete;

  bool await_ready() const noexcept { return interrupted(runtime); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    runtime.set_timer(*this);
  }
  void await_resume() const { throw_if_interrupted(runtime, "sleep"); }

 private:
  [[nodiscard]] bool withdraw() noexcept override {
    runtime.stop_timer(*this);
    return true;
  }
  [[nodiscard]] const char* waits_for() const noexcept override { return "sleep"; }
  void fire() noexcept override { runtime.make_ready(*this); }
  void shard_stops() noexcept override {
    runtime.stop_timer(*this);
    runtime.make_ready(*this);
  }
};

} // namespace shardbridge::detail
