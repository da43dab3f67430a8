#pragma once

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/timer.hpp>
#include <shardbridge/detail/wait_queue.hpp>
#include <shardbridge/io_options.hpp>

#include <cerrno>
#include <chrono>
#include <coroutine>
#include <utility>

namespace shardbridge::detail {

/// A coroutine that waits for what comes for a socket, until its deadline.
class arrival_waiter : public queued_waiter, private timer {
 public:
  /// The first of what has come is its own from here on; there is something.
  virtual void take() noexcept = 0;

  /// For the queue that it waits in.
  void wait_for_arrival(wait_queue& queue, std::coroutine_handle<> awaiting) noexcept {
    wait_in(queue, awaiting);
    if (at != never) runtime.set_timer(*this);
  }

  op_result failure{}; ///< where nothing comes

 protected:
  arrival_waiter(shard_runtime& on, const io_options& options) noexcept : queued_waiter(on) {
    if (options.timeout || options.deadline)
      at = deadline_of({.timeout = options.timeout, .deadline = options.deadline}, no_timeout);
  }
  ~arrival_waiter() { runtime.stop_timer(*this); }

  /// Whether its deadline had passed before it began.
  [[nodiscard]] bool late() const noexcept {
    return at != never && at <= std::chrono::steady_clock::now().time_since_epoch().count();
  }
  /// Behind the wait. Throws unless something was taken.
  void expect_taken(const char* what) {
    runtime.stop_timer(*this);
    if (end_ == wait_end::none) throw_if_interrupted(runtime, what);
    if (end_ == wait_end::gone) throw_unless_success(failure, what);
  }

 private:
  void fire() noexcept final {
    if (!queued()) return;
    leave();
    end_ = wait_end::gone;
    failure = op_result::of(errc::expired_in_flight);
    runtime.make_ready(*this);
  }
};

/// The same, of one that takes from arrivals of the kind `From`.
template <class From>
class arrival_awaiter : public arrival_waiter {
 public:
  arrival_awaiter(const arrival_awaiter&) = delete;
  arrival_awaiter& operator=(const arrival_awaiter&) = delete;

  bool await_ready() noexcept {
    if (interrupted(runtime)) return true;
    if (!from_) {
      failure = {result_kind::system_error, EBADF, 0};
      end_ = wait_end::gone;
    } else if (!from_->empty()) {
      take();
      end_ = wait_end::served;
    } else if (from_->over().kind != result_kind::success) {
      failure = from_->over();
      end_ = wait_end::gone;
    } else if (late()) {
      failure = op_result::of(errc::expired_queued);
      end_ = wait_end::gone;
    }
    return end_ != wait_end::none;
  }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { from_->wait(*this, awaiting); }

 protected:
  arrival_awaiter(shard_runtime& on, local_ref<From> from, const io_options& options) noexcept
      : arrival_waiter(on, options), from_(std::move(from)) {}
  ~arrival_awaiter() = default;

  const local_ref<From> from_;
};

} // namespace shardbridge::detail
