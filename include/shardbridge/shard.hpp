#pragma once

#include <shardbridge/detail/shard_disk.hpp>
#include <shardbridge/detail/shard_sockets.hpp>
#include <shardbridge/detail/shard_waits.hpp>
#include <shardbridge/detail/sleep.hpp>
#include <shardbridge/join_handle.hpp>
#include <shardbridge/pressure_level.hpp>
#include <shardbridge/task.hpp>

#include <chrono>
#include <cstddef>
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

  /// Has the task run in its turn, never inside this call. Throws std::bad_alloc.
  template <class T>
  join_handle<T> spawn(task<T> work) {
    const detail::local_ref shared(new detail::spawned<T>(runtime_));
    shared->scope = &detail::run_spawned(runtime_, std::move(work), shared).scope();
    return join_handle<T>(shared);
  }

  /// Awaited: lets all tasks that are ready go first. What computes for long should do this often: every
  /// shard_group_options::turn_slice the loop then looks after I/O.
  [[nodiscard]] auto yield() noexcept { return detail::turn_over(runtime_); }

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

} // namespace shardbridge
