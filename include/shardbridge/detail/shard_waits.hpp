// What a coroutine of a shard waits for that is no operation.
#pragma once

#include <shardbridge/detail/interruption.hpp>

#include <coroutine>

namespace shardbridge::detail {

/// Lets everybody else who is ready go first.
class turn_over final : private waiter {
 public:
  explicit turn_over(shard_runtime& on) noexcept : waiter(on) {}

  bool await_ready() const noexcept { return interrupted(runtime); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    runtime.make_ready(*this);
  }
  void await_resume() const { throw_if_interrupted(runtime, "yield"); }

 private:
  [[nodiscard]] bool withdraw() noexcept override { return false; } // it is ready
  [[nodiscard]] const char* waits_for() const noexcept override { return "yield"; }
};

/// Until the pressure is no higher than wanted.
class level_wait final : private level_waiter {
 public:
  using level_waiter::level_waiter;

  bool await_ready() const noexcept { return interrupted(runtime); }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    suspend(awaiting);
    return runtime.wait_level(*this);
  }
  void await_resume() const { throw_if_interrupted(runtime, "wait_level"); }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "wait_level"; }
};

} // namespace shardbridge::detail
