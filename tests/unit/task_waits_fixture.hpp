// Goal: what tasks of a shard use to wait for one another. Method: tasks that note what came of their waits, told of
// one another between two turns or in the same one.
#pragma once

#include "shard_loop_tasks_fixture.hpp"

#include <boost/asio/error.hpp>

#include <coroutine>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::detail {

inline std::string name_of(const boost::system::system_error& thrown) {
  if (thrown.code() == boost::asio::error::operation_aborted) return "aborted";
  if (thrown.code() == boost::asio::error::broken_pipe) return "gone";
  if (thrown.code() == errc::stopped) return "stopped";
  if (thrown.code() == errc::too_large) return "too large";
  return thrown.what();
}

/// A coroutine that runs inside the one that makes it until it waits, and is destroyed by the test wherever it is.
class loose_coroutine {
 public:
  struct promise_type {
    loose_coroutine get_return_object() noexcept { return loose_coroutine(*this); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };

  loose_coroutine(loose_coroutine&&) = delete;
  ~loose_coroutine() { coroutine_.destroy(); }

 private:
  explicit loose_coroutine(promise_type& of) noexcept
      : coroutine_(std::coroutine_handle<promise_type>::from_promise(of)) {}

  std::coroutine_handle<promise_type> coroutine_;
};

class task_waits : public shard_loop_tasks {
 public:
  using shard_loop_tasks::shard_loop_tasks;

  /// As spawn(); gives the number of the task.
  std::size_t start(std::function<task<>(shard&)> make) {
    makers.push_back(std::move(make));
    call([this](shard& on) { handles.push_back(on.spawn(makers.back()(on))); });
    return handles.size() - 1;
  }
  /// Expects what was noted since the last time.
  void expect_seen(const steps& wanted) { EXPECT_EQ(std::exchange(seen, {}), wanted); }
  /// As one task cancels another.
  void abort(std::size_t which) {
    call([&](shard&) { handles[which].abort(); });
    EXPECT_TRUE(handles[which].done());
  }

  std::vector<join_handle<void>> handles;
};

} // namespace shardbridge::detail
