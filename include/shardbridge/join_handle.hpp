#pragma once

#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/task.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

namespace shardbridge {

class shard;

namespace detail {

/// What a spawned task and the holder of its handle share.
template <class T>
struct spawned {
  explicit spawned(shard_runtime& on) noexcept : runtime(on) {}
  spawned(const spawned&) = delete;
  spawned& operator=(const spawned&) = delete;
  ~spawned() {
    if (const auto unseen = result.failure(); unseen && !joined) runtime.task_failed(unseen);
  }

  void ended() noexcept {
    if (joiner != nullptr) runtime.make_ready(*joiner);
  }

  shard_runtime& runtime;
  outcome<T> result;
  waiter* joiner = nullptr;
  bool joined = false;
};

template <class T>
root run_spawned(shard_runtime&, task<T> work, std::shared_ptr<spawned<T>> shared) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      shared->result.succeed();
    } else {
      shared->result.succeed(co_await std::move(work));
    }
  } catch (...) {
    shared->result.fail(std::current_exception());
  }
  shared->ended();
}

template <class T>
class join_awaiter final : private waiter {
 public:
  explicit join_awaiter(std::shared_ptr<spawned<T>> shared) noexcept
      : waiter(shared->runtime), shared_(std::move(shared)) {}
  ~join_awaiter() { shared_->joiner = nullptr; }

  bool await_ready() const noexcept { return shared_->result.known(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    coroutine = awaiting;
    shared_->joiner = this;
  }
  T await_resume() {
    shared_->joined = true;
    return shared_->result.take();
  }

 private:
  const std::shared_ptr<spawned<T>> shared_;
};

} // namespace detail

/** @brief A task that was spawned, for who wants its result. Dropping it lets the task go on alone.
 *  @par Ownership     shared with the task: the result or the exception is kept until it is joined or dropped
 *  @par Thread-safety none: it stays on the task's shard, and does not outlive it */
template <class T>
class [[nodiscard]] join_handle {
 public:
  /// The other may be assigned to or destroyed, no more.
  join_handle(join_handle&&) noexcept = default;
  /// Drops the task that it had. The other likewise.
  join_handle& operator=(join_handle&&) noexcept = default;

  /// Whether the task has ended.
  [[nodiscard]] bool done() const noexcept { return shared_->result.known(); }

  /// Awaited once, on the task's shard: waits for the end of the task and gives its result, or throws its exception.
  [[nodiscard]] auto join() && noexcept { return detail::join_awaiter<T>(std::move(shared_)); }
  /// Drops the task. An exception of the task is counted in `shard_stats::task_failures`, as where the handle is
  /// destroyed.
  void detach() && noexcept { shared_.reset(); }

 private:
  friend class shard;
  explicit join_handle(std::shared_ptr<detail::spawned<T>> shared) noexcept : shared_(std::move(shared)) {}

  std::shared_ptr<detail::spawned<T>> shared_;
};

} // namespace shardbridge
