// Coroutines of a shard that wait for what others of it do: first come, first served.
//
// Threads: the shard's own.
//
// Invariants
//  1. A waiter is in its queue, or its wait is over. From then on it does not look at the queue, which may be gone
//     before the waiter is resumed.
//  2. On a shard that stops queues are empty: those in them are told, and nobody comes.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/shard_runtime.hpp>

#include <cassert>
#include <coroutine>
#include <cstdint>
#include <utility>

namespace shardbridge::detail {

class wait_queue;

enum class wait_end : std::uint8_t {
  none,   ///< it goes on, or was interrupted
  served, ///< what was waited for has come
  gone    ///< it will never come
};

/// A waiter in a wait_queue.
class queued_waiter : public waiter {
 public:
  [[nodiscard]] bool withdraw() noexcept override {
    leave();
    return true;
  }

 protected:
  using waiter::waiter;
  ~queued_waiter() {
    if (queued()) leave();
  }

  [[nodiscard]] bool queued() const noexcept { return queue_ != nullptr; }
  /// From await_suspend.
  void wait_in(wait_queue& queue, std::coroutine_handle<> awaiting) noexcept;
  /// It must be queued.
  void leave() noexcept;

  wait_end end_ = wait_end::none;

 private:
  friend wait_queue;

  wait_queue* queue_ = nullptr;
};

class wait_queue final : private stop_listener {
 public:
  explicit wait_queue(shard_runtime& on) noexcept : runtime_(on) { on.listen(*this); }
  wait_queue(const wait_queue&) = delete;
  wait_queue& operator=(const wait_queue&) = delete;
  /// Nobody may wait.
  ~wait_queue() {
    assert(empty());
    runtime_.forget(*this);
  }

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  /// nullptr: nobody waits.
  [[nodiscard]] queued_waiter* front() const noexcept { return static_cast<queued_waiter*>(waiting_.front()); }

  /// Somebody must wait. The first is resumed in its turn.
  void end_first(wait_end how) noexcept {
    queued_waiter& first = *front();
    first.end_ = how;
    first.leave();
    runtime_.make_ready(first);
  }
  void end_all(wait_end how) noexcept {
    while (!empty())
      end_first(how);
  }

 private:
  friend queued_waiter;

  void push_back(queued_waiter& which) noexcept {
    assert(!runtime_.stopping());
    waiting_.push_back(which);
  }
  void shard_stops() noexcept override { end_all(wait_end::none); }

  shard_runtime& runtime_;
  intrusive_list<waiter> waiting_; ///< queued_waiters
};

inline void queued_waiter::wait_in(wait_queue& queue, std::coroutine_handle<> awaiting) noexcept {
  suspend(awaiting);
  queue_ = &queue;
  queue.push_back(*this);
}
inline void queued_waiter::leave() noexcept {
  std::exchange(queue_, nullptr)->waiting_.erase(*this);
}

} // namespace shardbridge::detail
