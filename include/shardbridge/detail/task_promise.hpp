// What is behind a task: its result, and who awaits it.
#pragma once

#include <shardbridge/detail/coroutine_chain.hpp>
#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/outcome.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <utility>

namespace shardbridge {
template <class T>
class task;
}

namespace shardbridge::detail {

/// Goes on with whoever awaits the task, or tells whoever runs it.
struct next_in_chain {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
    auto& promise = ended.promise();
    if (promise.awaiting) [[likely]]
      return go_on_with(promise.awaiting);
    promise.end->ended();
  }
  void await_resume() const noexcept {}
};

template <class T>
struct task_promise_base : frame_memory {
  std::suspend_always initial_suspend() const noexcept { return {}; }
  next_in_chain final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { result->fail(std::current_exception()); }

  outcome<T> own;
  outcome<T>* result = &own; ///< or that of who runs it
  std::coroutine_handle<> awaiting;
  chain_end* end = nullptr; ///< where nobody awaits it
};

template <class T>
struct task_promise : task_promise_base<T> {
  task<T> get_return_object() noexcept;
  template <std::convertible_to<T> Value = T>
  void return_value(Value&& value) {
    this->result->succeed(std::forward<Value>(value));
  }
};
template <>
struct task_promise<void> : task_promise_base<void> {
  task<void> get_return_object() noexcept;
  void return_void() noexcept { result->succeed(); }
};

template <class T>
struct task_awaiter {
  std::coroutine_handle<task_promise<T>> awaited;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) const noexcept {
    awaited.promise().awaiting = awaiting;
    go_on_with(awaited);
  }
  T await_resume() const { return awaited.promise().own.take(); }
};

/// Has the task leave elsewhere what it ends with.
template <class T>
struct settle_awaiter : task_awaiter<T> {
  outcome<T>& into;

  void await_suspend(std::coroutine_handle<> awaiting) const noexcept {
    this->awaited.promise().result = &into;
    task_awaiter<T>::await_suspend(awaiting);
  }
  void await_resume() const noexcept {}
};

} // namespace shardbridge::detail
