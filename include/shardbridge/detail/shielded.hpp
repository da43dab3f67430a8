#pragma once

#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/join_handle.hpp>
#include <shardbridge/task.hpp>

#include <coroutine>
#include <utility>

namespace shardbridge::detail {

/// Waits for the end of a spawned task, cancelled or not.
template <class T>
class end_wait final : private waiter {
 public:
  explicit end_wait(spawned<T>& of) noexcept : waiter(of.runtime), of_(of) {}
  end_wait(const end_wait&) = delete;
  end_wait& operator=(const end_wait&) = delete;
  ~end_wait() { of_.joiner = nullptr; }

  bool await_ready() const noexcept { return of_.result.known(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    of_.joiner = this;
  }
  void await_resume() const noexcept { of_.joined = true; }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "join"; }
  [[nodiscard]] bool withdraw() noexcept override { return false; }

  spawned<T>& of_;
};

/// Runs the task to its end, in a scope of its own: it is not cancelled with who waits for it. For what must be cleaned
/// up by waiting.
template <class T>
task<T> shielded(shard_runtime& on, task<T> work) {
  const local_ref shared = spawned<T>::start(on, std::move(work));
  co_await end_wait<T>(*shared);
  co_return shared->result.take();
}

} // namespace shardbridge::detail
