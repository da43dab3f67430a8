#pragma once

#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/task.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace shardbridge {

class shard;

namespace detail {

/// What a spawned task and the holder of its handle share.
template <class T>
struct spawned : frame_memory {
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
  cancel_scope* scope = nullptr; ///< the task's, while it lasts
  waiter* joiner = nullptr;
  bool joined = false;
  unsigned references = 0;
};

/// The end of its root's scope, however that comes.
template <class T>
struct spawned_end {
  spawned<T>& shared;
  ~spawned_end() { shared.scope = nullptr; }
};

template <class T>
root run_spawned(shard_runtime&, task<T> work, local_ref<spawned<T>> shared) {
  {
    const spawned_end<T> end{*shared};
    task<T> body(std::move(work));
    co_await std::move(body).settle(shared->result);
  }
  shared->ended();
}

template <class T>
class join_awaiter final : private waiter {
 public:
  explicit join_awaiter(local_ref<spawned<T>> shared) noexcept : waiter(shared->runtime), shared_(std::move(shared)) {}
  ~join_awaiter() { shared_->joiner = nullptr; }

  bool await_ready() const noexcept { return shared_->result.known() || runtime.scope().cancelled(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    suspend(awaiting);
    shared_->joiner = this;
  }
  T await_resume() {
    if (!shared_->result.known()) throw_if_interrupted(runtime, "join");
    shared_->joined = true;
    return shared_->result.take();
  }

 private:
  [[nodiscard]] bool withdraw() noexcept override {
    shared_->joiner = nullptr;
    return true;
  }

  const local_ref<spawned<T>> shared_;
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

  /// Cancels the task: what it waits for is cancelled, and every wait from there on throws
  /// `boost::asio::error::operation_aborted` until it ends. A task that does not wait is not interrupted.
  void abort() noexcept {
    if (shared_->scope != nullptr) shared_->scope->cancel({detail::result_kind::aborted, 0, 0});
  }

  /// Awaited once, on the task's shard: waits for the end of the task and gives its result, or throws its exception.
  /// Where the one who waits is cancelled it throws that instead, and the task goes on alone.
  [[nodiscard]] auto join() && noexcept { return detail::join_awaiter<T>(std::move(shared_)); }
  /// Drops the task. An exception of the task is counted in `shard_stats::task_failures`, as where the handle is
  /// destroyed.
  void detach() && noexcept { shared_ = {}; }

 private:
  friend class shard;
  explicit join_handle(detail::local_ref<detail::spawned<T>> shared) noexcept : shared_(std::move(shared)) {}

  detail::local_ref<detail::spawned<T>> shared_;
};

} // namespace shardbridge
