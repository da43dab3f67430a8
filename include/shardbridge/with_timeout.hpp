#pragma once

#include <shardbridge/detail/branch.hpp>
#include <shardbridge/detail/sleep.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace shardbridge {

namespace detail {

/// Cancels a scope at its time.
class scope_timer final : private timer {
 public:
  scope_timer(shard_runtime& on, cancel_scope& scope, std::int64_t time) noexcept : runtime_(on), scope_(scope) {
    at = time;
    runtime_.set_timer(*this);
  }
  ~scope_timer() { runtime_.stop_timer(*this); }
  scope_timer(const scope_timer&) = delete;
  scope_timer& operator=(const scope_timer&) = delete;

 private:
  void fire() noexcept override { scope_.cancel(op_result::of(errc::expired_in_flight)); }

  shard_runtime& runtime_;
  cancel_scope& scope_;
};

template <class T>
task<T> run_until(shard_runtime& on, std::int64_t time, task<T> work) {
  branches_wait all(on, 1);
  const scope_timer limit(on, all.inside, time);
  outcome<T> result;
  const branch only = run_beside(on, all, std::move(work), result, [](const auto&) {});
  co_await all;
  co_return result.take();
}

} // namespace detail

/** @brief Runs the task and gives its result. When `length` is over, it is cancelled and waited for: what it waits for
 *  throws `errc::expired_in_flight`, which compares equal to std::errc::timed_out, and so does this, unless the task
 * ends otherwise.
 *  @par Deadline       `length` counts from when this is awaited; less than nothing counts as nothing, `no_timeout` as
 *                      for ever. It ends no sooner than what the task waits for lets go, see shard.
 *  @par Cancellation   with the task that awaits it
 *  @par Errors         what the task throws; std::bad_alloc
 *  @par Thread-safety  the thread of `on` */
template <class T>
[[nodiscard]] task<T> with_timeout(shard& on, std::chrono::nanoseconds length, task<T> work) {
  co_return co_await detail::run_until(on.runtime(), detail::from_now(length), std::move(work));
}
/// The same until a time.
template <class T>
[[nodiscard]] task<T> with_deadline(shard& on, std::chrono::steady_clock::time_point time, task<T> work) {
  return detail::run_until(on.runtime(), detail::nanoseconds_of(time), std::move(work));
}

} // namespace shardbridge
