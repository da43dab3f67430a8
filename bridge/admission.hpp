// Admission: permits by operations and bytes, and the queue of those who wait for one, first come, first served.
//
// Threads: any. A waiter belongs to the admission from acquire() until it comes out of release(), expire(), cancel(),
// cancel_if() or close().
//
// A granted waiter comes out with its permit taken, so nobody can take the room between the grant and its use.
#pragma once

#include <bridge/admission_word.hpp>
#include <bridge/deadline_heap.hpp>
#include <bridge/operation_list.hpp>

#include <shardbridge/options.hpp>

#include <concepts>
#include <cstdint>
#include <mutex>

namespace shardbridge::detail {

class admission {
 public:
  enum class acquired : std::uint8_t { taken, waiting, cancelled, no_room, too_large, stopped };

  explicit admission(const bridge_options& options)
      : word_(options.max_ops, options.max_bytes), max_bytes_(options.max_bytes),
        max_waiters_(options.when_full == when_full::wait ? options.max_waiters : 0) {}

  /// `waiting`: the operation is in the queue and may come out, by another thread, before this returns.
  [[nodiscard]] acquired acquire(operation& op) {
    if (op.bytes > max_bytes_) return acquired::too_large;
    if (closed_.load(std::memory_order_acquire)) return acquired::stopped;
    if (word_.try_take(op.bytes) == admission_word::taken::taken) return acquired::taken;
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return acquired::stopped;
    // Whoever cancels later than this finds it in the queue.
    if (op.cancellable && op.cancel.wanted()) return acquired::cancelled;
    if (waiters_.size() >= max_waiters_) return acquired::no_room;
    if (op.deadline != never) deadlines_.insert(op);
    if (word_.queue_or_take(op.bytes) == admission_word::taken::taken) {
      deadlines_.erase(op);
      return acquired::taken;
    }
    op.where = operation::place::waiting;
    waiters_.push_back(op);
    return acquired::waiting;
  }

  /// Gives permits back. What the room is granted to is appended to `granted`. Returns the permits still out.
  std::uint64_t release(std::uint64_t ops, std::uint64_t bytes, operation_list& granted) {
    const admission_word::given given = word_.give(ops, bytes);
    if (!given.waiters) return given.ops_left;
    const std::lock_guard lock(mutex_);
    grant(granted);
    return word_.ops();
  }

  /// Waiters that are late at `now`, taken out. Returns the next deadline.
  std::int64_t expire(std::int64_t now, operation_list& expired) {
    const std::lock_guard lock(mutex_);
    while (operation* op = deadlines_.pop_due(now))
      take_out(*op, expired);
    tidy();
    return deadlines_.earliest();
  }

  [[nodiscard]] std::int64_t earliest_deadline() {
    const std::lock_guard lock(mutex_);
    return deadlines_.earliest();
  }

  /// True: `op` waited and is now the caller's again.
  bool cancel(operation& op) {
    operation_list out;
    const std::lock_guard lock(mutex_);
    if (op.where != operation::place::waiting) return false;
    take_out(op, out);
    tidy();
    return true;
  }

  /// Takes out every waiter that `matches`.
  template <std::predicate<const operation&> Matches>
  void cancel_if(Matches matches, operation_list& out) {
    const std::lock_guard lock(mutex_);
    for (operation *op = waiters_.front(), *next = nullptr; op != nullptr; op = next) {
      next = op->next;
      if (matches(*op)) take_out(*op, out);
    }
    tidy();
  }

  /// Admits nobody any more and takes all waiters out.
  void close(operation_list& out) {
    {
      const std::lock_guard lock(mutex_);
      closed_.store(true, std::memory_order_release);
    }
    cancel_if([](const operation&) { return true; }, out);
  }

  /// Permits out at this moment. seq_cst, see reply_role.
  [[nodiscard]] std::uint64_t ops() const noexcept { return word_.ops(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return word_.bytes(); }
  [[nodiscard]] std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiters_.size();
  }

 private:
  void grant(operation_list& granted) {
    while (operation* op = waiters_.front()) {
      if (word_.take_for_waiter(op->bytes) != admission_word::taken::taken) break;
      take_out(*op, granted);
    }
    tidy();
  }

  void take_out(operation& op, operation_list& into) noexcept {
    deadlines_.erase(op);
    waiters_.erase(op);
    op.where = operation::place::nowhere;
    into.push_back(op);
  }

  void tidy() noexcept {
    if (waiters_.empty()) word_.no_more_waiters();
  }

  admission_word word_;
  const std::uint64_t max_bytes_;
  const std::size_t max_waiters_;
  std::atomic<bool> closed_{false}; // release in close(), acquire in acquire(): a hint there, certain under the lock
  std::mutex mutex_;
  operation_list waiters_;
  deadline_heap deadlines_;
};

} // namespace shardbridge::detail
