// Coroutines that run beside one another inside the one that waits for all of them.
//
// Threads: the shard's own.
//
// Invariants
//  1. A branch is destroyed with the coroutine that owns it, wherever it is suspended: it never outlives the scope that
//     it is in.
//  2. Who waits for branches goes on when the last of them has ended, cancelled or not.
#pragma once

#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/task.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

namespace shardbridge::detail {

/// Waits for branches; a scope around them.
class branches_wait final : private waiter {
 public:
  branches_wait(shard_runtime& on, std::size_t count) noexcept : waiter(on), inside(on.scope()), running_(count) {}

  bool await_ready() const noexcept { return running_ == 0; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { suspend(awaiting); }
  void await_resume() const noexcept {}

  void ended() noexcept {
    if (--running_ == 0 && coroutine) runtime.make_ready(*this);
  }

  cancel_scope inside;

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "tasks"; }
  [[nodiscard]] bool withdraw() noexcept override { return false; } // its branches are cancelled too

  std::size_t running_;
};

/// A coroutine with parameters as promise_type names them. It starts in its turn.
class [[nodiscard]] branch {
 public:
  struct promise_type : frame_memory {
    template <class... Rest>
    promise_type(shard_runtime& on, branches_wait& all, Rest&...) noexcept
        : scope(all.inside), start(on, std::coroutine_handle<promise_type>::from_promise(*this), scope) {}

    branch get_return_object() noexcept { return branch(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

    cancel_scope scope;
    start_of_chain start;
  };

  branch(branch&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  branch& operator=(branch&&) = delete;
  ~branch() {
    if (coroutine_) coroutine_.destroy();
  }

 private:
  explicit branch(std::coroutine_handle<promise_type> made) noexcept : coroutine_(made) {}

  std::coroutine_handle<promise_type> coroutine_;
};

/// Has `work` run beside others, and tells `ended(result)` before `all`.
template <class T, class Ended>
branch run_beside(shard_runtime&, branches_wait& all, task<T> work, outcome<T>& result, Ended ended) {
  task<T> body(std::move(work));
  co_await std::move(body).settle(result);
  ended(result);
  all.ended();
}

} // namespace shardbridge::detail
