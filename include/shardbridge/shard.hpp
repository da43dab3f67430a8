#pragma once

#include <shardbridge/detail/shard_call.hpp>
#include <shardbridge/detail/shard_disk.hpp>
#include <shardbridge/detail/shard_sockets.hpp>
#include <shardbridge/detail/shard_waits.hpp>
#include <shardbridge/detail/sleep.hpp>
#include <shardbridge/join_handle.hpp>
#include <shardbridge/pressure_level.hpp>
#include <shardbridge/task.hpp>
#include <shardbridge/task_id.hpp>
#include <shardbridge/task_info.hpp>

#include <cerrno>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace shardbridge {

/** @brief What code that runs on a shard is given: its core, its ring, and whom it shares them with.
 *
 *  Its functions must be called, and what they return awaited, on the shard's thread. On a shard that stops, everything
 *  that would wait throws `boost::system::system_error` with `errc::stopped` instead, but for a join, which waits for
 *  its task; what is in the kernel is waited for. A task that waits for something else still is destroyed where it is
 *  suspended, after shard_group_options::shutdown_timeout.
 *  In a task that is cancelled, by join_handle::abort() or with the async_call() that it belongs to, what waits is
 *  cancelled, and everything that would wait throws `boost::asio::error::operation_aborted`, or
 *  `errc::expired_in_flight` where a deadline was the cause, until the task ends. What was done by then keeps its
 *  result.
 *  @par Ownership    it belongs to the shard, and lasts as long as any code on it */
class shard : public detail::shard_disk, public detail::shard_sockets {
 public:
  /// For the library.
  shard(std::size_t index, detail::shard_runtime& runtime) noexcept
      : detail::shard_disk(runtime), detail::shard_sockets(runtime), index_(index), runtime_(runtime) {}
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Its number in the group, from 0.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  /// How many shards the group has.
  [[nodiscard]] std::size_t group_size() const noexcept { return runtime_.group_size(); }

  /// Has the task run in its turn, never inside this call. Throws std::bad_alloc.
  template <class T>
  join_handle<T> spawn(task<T> work) {
    return join_handle<T>(detail::spawned<T>::start(runtime_, std::move(work)));
  }

  /** @brief The same, of a task that is bound to a socket: when that is closed or destroyed, the task is cancelled as
   * by join_handle::abort(), be it the one that closes it. Any number of tasks can be bound to a socket, and may wait
   * for anything; of those that have ended nothing is kept.
   *  @par Errors  std::bad_alloc; `boost::system::system_error` with EBADF where the socket is not open */
  template <class Core, class T>
  join_handle<T> spawn_with(const detail::socket_handle<Core>& socket, task<T> work) {
    if (!socket.is_open()) detail::throw_unless_success({detail::result_kind::system_error, EBADF, 0}, "spawn_with");
    return join_handle<T>(detail::spawned<T>::start(runtime_, std::move(work), socket.core()->bound()));
  }

  /// The task that runs: that which was spawned or called, be it in another task that it awaits. That of no task in a
  /// function that is called, and in a hook.
  [[nodiscard]] task_id current_task() const noexcept {
    const detail::root_chain* const running = runtime_.running_task();
    return running != nullptr ? running->id : task_id();
  }
  /// Cancels a task as join_handle::abort() does, be it that of a call. False: it has ended, or is not of this shard,
  /// and nothing happens.
  bool abort(const task_id& which) noexcept {
    detail::root_chain* const found = runtime_.find(which);
    if (found == nullptr) return false;
    found->scope.cancel({detail::result_kind::aborted, 0, 0});
    return true;
  }
  /// How many tasks there are that have not ended, be they spawned or called.
  [[nodiscard]] std::size_t tasks() const noexcept { return runtime_.tasks().size(); }
  /// For debugging: calls `see(task_info)` for each of them, in the order in which they were begun. It may spawn and
  /// abort tasks. With a million of them it is slow.
  template <std::invocable<const task_info&> See>
  void for_each_task(See see) const {
    for (const detail::root_chain* each = runtime_.tasks().front(); each != nullptr; each = each->next)
      see(each->info());
  }

  /** @brief Awaited: runs `function(shard&)` on shard `other` of the group, or on this one, and gives what it returns
   * or throws, or what the task<T> that it returns does. It runs in its turn, never inside this call, and shares the
   * other shard's turns with what bridges call there, one each. Nothing waits for room: the call lies in the coroutine
   * that awaits it. Calls of one shard to another, of one priority, begin in the order in which they were made.
   *  @par Ownership     the function and its result live and die on this shard, in what is awaited, and the function is
   *                     there until its task has ended; the task lives on the other shard. With gcc 12, make a function
   *                     that has a destructor before the statement that awaits.
   *  @par Deadline      covers queueing and the task, which is cancelled then; a function that runs is not interrupted
   *  @par Cancellation  with the task that awaits it: a function that has not begun does not; a task is cancelled, for
   *                     the same cause, and waited for
   *  @par Errors        what the function or task throws, std::bad_alloc where there is no memory for the task;
   *                     `boost::system::system_error` with EINVAL for a shard that the group does not have,
   *                     `errc::expired_queued`, or `errc::stopped`, `errc::shard_failed` where the other shard has
   *                     ended, `errc::outcome_unknown` where the task did not end before its shard did; else as all
   *                     waits, see above
   *  @par Thread-safety the shard's thread */
  template <class Function>
    requires std::invocable<Function, shard&>
  [[nodiscard]] auto call(std::size_t other, Function&& function, const io_options& options = {}) {
    return detail::shard_call<std::decay_t<Function>>(runtime_, index_, other, std::forward<Function>(function),
                                                      options);
  }

  /// Awaited: lets all tasks that are ready go first. What computes for long should do this often: every
  /// shard_group_options::turn_slice the loop then looks after I/O.
  [[nodiscard]] auto yield() noexcept { return detail::turn_over(runtime_); }

  /// Whether the task that runs should end: it is cancelled, or its shard stops, and whatever it would wait for throws.
  /// For code that computes or loops over what need not wait. A shard is told of cancels and stops between turns, so
  /// code that computes for long also lets others go first with yield(), which throws then.
  [[nodiscard]] bool cancelled() const noexcept { return detail::interrupted(runtime_); }

  /// Awaited: until then, or some 16 µs later, plus what the kernel adds where the shard sleeps. Nothing is allocated,
  /// and a million sleeping tasks cost the shard nothing.
  [[nodiscard]] auto sleep_until(std::chrono::steady_clock::time_point time) noexcept {
    return detail::sleep(runtime_, detail::nanoseconds_of(time));
  }
  /// Awaited: sleep_until() now and `length`; less than nothing counts as nothing, `no_timeout` as for ever.
  [[nodiscard]] auto sleep_for(std::chrono::nanoseconds length) noexcept {
    return detail::sleep(runtime_, detail::from_now(length));
  }

  /// The pressure of the bridges that are joined to this shard's group: the highest of their levels, as of the shard's
  /// last turn for those that joined since.
  [[nodiscard]] pressure_level level() const noexcept { return runtime_.level(); }
  /// Awaited: until level() is at or below `wanted`, at which it may have been all along; for work that can wait, such
  /// as a compaction, while bridges have more to do than there is room for.
  [[nodiscard]] auto wait_level(pressure_level wanted) noexcept { return detail::level_wait(runtime_, wanted); }

  /// Awaited: a request that goes through the shard's ring and does nothing, as async_nop() from Asio.
  /// @par Errors  `errc::stopped`; what the kernel says
  [[nodiscard]] auto nop() {
    return detail::verb(runtime_, detail::plain_request{.code = detail::op_code::nop}, io_options{}, "nop");
  }

  /// For the library.
  [[nodiscard]] detail::shard_runtime& runtime() noexcept { return runtime_; }

 private:
  std::size_t index_;
  detail::shard_runtime& runtime_;
};

namespace detail {

inline shard_runtime& runtime_of(shard& on) noexcept {
  return on.runtime();
}

} // namespace detail

} // namespace shardbridge
