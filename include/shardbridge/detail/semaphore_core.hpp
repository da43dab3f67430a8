// What a semaphore decides, and what awaits it.
//
// Threads: the shard's own.
//
// Invariants
//  1. Somebody waits only while the first who waits wants more than there is, so that it is not overtaken.
//  2. It lasts until the semaphore and all who hold units of it are gone.
#pragma once

#include <shardbridge/detail/gone.hpp>
#include <shardbridge/detail/interruption.hpp>
#include <shardbridge/detail/wait_queue.hpp>
#include <shardbridge/error.hpp>
#include <shardbridge/semaphore_units.hpp>

#include <boost/system/system_error.hpp>

#include <coroutine>
#include <cstddef>
#include <utility>

namespace shardbridge::detail {

class semaphore_core {
 public:
  semaphore_core(shard_runtime& on, std::size_t total) noexcept : total_(total), available_(total), waiting_(on) {}
  semaphore_core(const semaphore_core&) = delete;
  semaphore_core& operator=(const semaphore_core&) = delete;

  [[nodiscard]] std::size_t available() const noexcept { return available_; }
  [[nodiscard]] std::size_t total() const noexcept { return total_; }

  /// None: who wants them must wait.
  [[nodiscard]] semaphore_units try_acquire(std::size_t count) noexcept {
    if (waiting_.empty() && count <= available_) return take(count);
    return {};
  }
  void release(std::size_t count) noexcept {
    available_ += count;
    --held_;
    if (!abandoned_) return serve();
    if (held_ == 0) delete this;
  }
  /// Those first who waited first, as far as there is enough.
  void serve() noexcept;
  /// The semaphore is gone.
  void abandon() noexcept {
    waiting_.end_all(wait_end::gone);
    abandoned_ = true;
    if (held_ == 0) delete this;
  }

 private:
  friend class acquire_awaiter;
  ~semaphore_core() = default;

  semaphore_units take(std::size_t count) noexcept {
    available_ -= count;
    ++held_;
    return {*this, count};
  }

  const std::size_t total_;
  std::size_t available_;
  std::size_t held_ = 0; ///< how many have units
  bool abandoned_ = false;
  wait_queue waiting_;
};

class acquire_awaiter final : private queued_waiter {
 public:
  acquire_awaiter(shard_runtime& on, semaphore_core& from, std::size_t count) noexcept
      : queued_waiter(on), from_(from), count_(count) {}
  acquire_awaiter(const acquire_awaiter&) = delete;
  acquire_awaiter& operator=(const acquire_awaiter&) = delete;
  ~acquire_awaiter() {
    if (queued()) static_cast<void>(withdraw());
  }

  bool await_ready() noexcept {
    if (interrupted(runtime) || count_ > from_.total()) return true;
    units_ = from_.try_acquire(count_);
    return static_cast<bool>(units_);
  }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { wait_in(from_.waiting_, awaiting); }
  semaphore_units await_resume() {
    if (units_) return std::move(units_);
    if (end_ == wait_end::gone) throw_gone("acquire");
    throw_if_interrupted(runtime, "acquire");
    throw boost::system::system_error(make_error_code(errc::too_large), "acquire");
  }

 private:
  friend semaphore_core;

  /// It may have been in the way of smaller ones.
  [[nodiscard]] bool withdraw() noexcept override {
    leave();
    from_.serve();
    return true;
  }
  [[nodiscard]] const char* waits_for() const noexcept override { return "acquire"; }

  semaphore_core& from_;
  const std::size_t count_;
  semaphore_units units_;
};

inline void semaphore_core::serve() noexcept {
  while (queued_waiter* const each = waiting_.front()) {
    auto& first = *static_cast<acquire_awaiter*>(each);
    if (first.count_ > available_) return;
    first.units_ = take(first.count_);
    waiting_.end_first(wait_end::served);
  }
}

} // namespace shardbridge::detail

namespace shardbridge {

inline void semaphore_units::release() noexcept {
  if (core_ != nullptr) std::exchange(core_, nullptr)->release(std::exchange(count_, 0));
}

} // namespace shardbridge
