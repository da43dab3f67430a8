// Goal: tasks on one shard's loop. Method: tasks started by a call, with the test as kernel, as other thread and as
// bridge.
#pragma once

#include "shard_loop_fixture.hpp"

#include <shardbridge/error.hpp>
#include <shardbridge/task.hpp>

#include <boost/system/system_error.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace shardbridge::detail {

using steps = std::vector<std::string>;

/// Waits for the test, which plays another thread.
class remote_gate final : public remote_waiter {
 public:
  explicit remote_gate(shard_runtime& on) noexcept : remote_waiter(on) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) noexcept {
    suspend(who);
    expect();
  }
  /// Whether it was let go.
  bool await_resume() const noexcept { return !withdrawn; }

  bool lets_go = true;
  bool withdrawn = false;

 private:
  bool let_go() noexcept override { return withdrawn = lets_go; }
};

/// Waits for something that never comes and that nobody knows.
struct forever {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

class shard_loop_tasks : public shard_loop_test {
 public:
  explicit shard_loop_tasks(const shard_group_options& given = sleeping_at_once()) : shard_loop_test(given) {}

  /// A stop does not wait for tasks.
  static shard_group_options impatient(shard_group_options given = sleeping_at_once()) {
    given.shutdown_timeout = std::chrono::nanoseconds(0);
    return given;
  }

  /// Runs `function(shard&)` on the shard.
  template <class Function>
  void call(Function function) {
    test_call& made = calls.emplace_back(std::move(function));
    push(made.op);
    turn();
    EXPECT_EQ(replies(), named{&made.op});
  }
  /// What a coroutine captures must outlive it: the function is kept.
  void spawn(std::function<task<>(shard&)> make) {
    makers.push_back(std::move(make));
    call([this](shard& on) { on.spawn(makers.back()(on)).detach(); });
  }

  std::deque<test_call> calls;
  std::deque<std::function<task<>(shard&)>> makers;
  steps seen;
};

/// What an awaited thing throws.
template <class Awaited>
task<boost::system::error_code> error_of(Awaited&& awaited) {
  try {
    if constexpr (is_task<std::remove_cvref_t<Awaited>>)
      co_await std::move(awaited);
    else
      co_await awaited;
  } catch (const boost::system::system_error& error) {
    co_return error.code();
  }
  co_return boost::system::error_code();
}

inline task<int> answer_after(shard& on, int value) {
  co_await on.yield();
  co_return value;
}

} // namespace shardbridge::detail
