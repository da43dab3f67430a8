#pragma once

#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/outcome.hpp>
#include <shardbridge/task.hpp>
#include <shardbridge/task_id.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace shardbridge {

class shard;

namespace detail {

/// A task that was spawned: it runs in its turn, and ends or is destroyed before its result goes to the holder of its
/// handle, who shares this with it.
template <class T>
class spawned final : public root_chain, public frame_memory, private chain_end {
 public:
  /// Throws std::bad_alloc.
  static local_ref<spawned> start(shard_runtime& on, task<T>&& work, local_ref<bound_tasks> bound_to = {}) {
    on.make_room_for_task();
    local_ref made(new spawned(on, std::move(work), std::move(bound_to)));
    made->running_ = made;
    return made;
  }
  ~spawned() {
    if (const auto unseen = result.failure(); unseen && !joined) runtime.task_failed(unseen);
  }

  void abort() noexcept {
    if (running_) scope.cancel({result_kind::aborted, 0, 0});
  }

  shard_runtime& runtime;
  outcome<T> result;
  waiter* joiner = nullptr;
  bool joined = false;
  unsigned references = 0;

 private:
  spawned(shard_runtime& on, task<T>&& work, local_ref<bound_tasks> bound_to) noexcept
      : root_chain(on, {}, std::move(bound_to)), runtime(on), body_(std::move(work)) {
    root_chain::start.coroutine = body_.run_for(result, *this);
  }

  void ended() noexcept override {
    const local_ref<spawned> kept = leave();
    if (joiner != nullptr) runtime.make_ready(*joiner);
  }
  void destroy() noexcept override { leave(); }
  /// Whoever has what is returned keeps this.
  local_ref<spawned> leave() noexcept {
    local_ref<spawned> kept = std::move(running_);
    root_chain::start.forget();
    { const task<T> over(std::move(body_)); }
    end();
    return kept;
  }

  task<T> body_;
  local_ref<spawned> running_; ///< itself, until it ends
};

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
  [[nodiscard]] const char* waits_for() const noexcept override { return "join"; }

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
  void abort() noexcept { shared_->abort(); }

  /// By which the task is found as long as it has not ended, see shard::abort().
  [[nodiscard]] task_id id() const noexcept { return shared_->id; }

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
