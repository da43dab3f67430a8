#pragma once

#include <shardbridge/detail/task_promise.hpp>

#include <coroutine>
#include <utility>

namespace shardbridge {

/** @brief A coroutine of a shard. It runs when it is awaited, on the thread that awaits it, and gives its result, or
 *  throws its exception, there.
 *
 *      shardbridge::task<int> twice(shardbridge::shard& on, int n) {
 *        co_await on.yield();
 *        co_return 2 * n;
 *      }
 *
 *  A task that is not awaited never runs. Chains and loops of tasks take no stack, however long.
 *  @par Ownership     the coroutine is destroyed with the task, wherever it is suspended; what it takes by reference
 *                     must outlive it
 *  @par Thread-safety none: it stays on one shard */
template <class T = void>
class [[nodiscard]] task {
 public:
  /// For the compiler.
  using promise_type = detail::task_promise<T>;
  /// What awaiting it gives.
  using value_type = T;

  /// The other may be assigned to or destroyed, no more.
  task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  /// Exchanges the two.
  task& operator=(task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  /// Destroys the coroutine, and with it what it awaits.
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Runs it. Once, and not of a task that was moved from.
  auto operator co_await() && noexcept { return detail::task_awaiter<T>{coroutine_}; }
  /// For the library: awaited, it runs it and has it leave in `result` what it ends with, be it an exception.
  auto settle(detail::outcome<T>& result) && noexcept { return detail::settle_awaiter<T>{{coroutine_}, result}; }
  /// For the library: has it leave in `result` what it ends with, and tell `end`, whoever resumes what this returns.
  std::coroutine_handle<> run_for(detail::outcome<T>& result, detail::chain_end& end) noexcept {
    coroutine_.promise().result = &result;
    coroutine_.promise().end = &end;
    return coroutine_;
  }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> made) noexcept : coroutine_(made) {}

  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<> task_promise<void>::get_return_object() noexcept {
  return task<>(std::coroutine_handle<task_promise>::from_promise(*this));
}

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

} // namespace detail

} // namespace shardbridge
