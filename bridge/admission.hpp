// Admission: permits by operations and bytes, the queue of those who wait for one, first come, first served within a
// priority, and those who wait for a level of pressure.
//
// Threads: any. A waiter belongs to the admission from acquire() until it comes out of release(), expire(), cancel(),
// cancel_if(), close() or take_news().
//
// Invariants
//  1. A granted waiter comes out with its permit taken, so nobody can take the room between the grant and its use.
//  2. Patient operations, which may wait for ever, hold or are queued for at most max_ops - reserved_ops permits: what
//     is more of them waits aside, where it is in nobody's way.
//  3. The level changes under the lock, where the log notes it and who waits for it is let go.
//  4. Permits without an operation are counted in unused_ later than they are taken, and no longer when they are given
//     back; credits likewise. So at every moment outstanding() is at least the number of operations, and where it is
//     more, there are news behind it, or a call whose caller looks again. Each change has another value of unused_ and
//     another version of the credits, so that outstanding() reads all of one moment.
#pragma once

#include <bridge/admission_word.hpp>
#include <bridge/credits.hpp>
#include <bridge/deadline_heap.hpp>
#include <bridge/level_log.hpp>
#include <bridge/operation_list.hpp>
#include <bridge/priority_turns.hpp>

#include <shardbridge/options.hpp>

#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <mutex>

namespace shardbridge::detail {

class admission {
 public:
  enum class acquired : std::uint8_t {
    taken, ///< a permit; of a wait for a level: it has come
    waiting,
    cancelled,
    no_room,
    too_large,
    stopped
  };

  explicit admission(const bridge_options& options);

  /// `waiting`: the operation is in the queue and may come out, by another thread, before this returns.
  [[nodiscard]] acquired acquire(operation& op);
  /// A permit without an operation, or word that there is none now. Whoever waits for outstanding() must look again.
  [[nodiscard]] acquired try_acquire(std::uint64_t bytes);
  /// There is an operation for it.
  void use_unused() noexcept { unused_.fetch_add(one_change - 1, std::memory_order_seq_cst); }
  /// There will be none, as release(). Whoever waits for outstanding() must look again.
  void release_unused(std::uint64_t bytes, operation_list& granted) {
    use_unused();
    release(1, bytes, granted);
  }

  /// Gives permits back, `patient` of them of patient operations, or bytes alone. What the room is granted to is
  /// appended to `granted`. Without either: grants what became free because a waiter was taken out. Returns the permits
  /// still out.
  std::uint64_t release(std::uint64_t ops, std::uint64_t bytes, operation_list& granted, std::uint64_t patient = 0);

  /// Whether patient operations have a share of their own.
  [[nodiscard]] bool limits_patient() const noexcept { return limits_patient_; }

  /// Waiters that are late at `now`, taken out. Returns the next deadline.
  std::int64_t expire(std::int64_t now, operation_list& expired);
  [[nodiscard]] std::int64_t earliest_deadline();

  /// True: `op` waited and is now the caller's again.
  bool cancel(operation& op);

  /// Takes out every waiter that `matches`.
  template <std::predicate<const operation&> Matches>
  void cancel_if(Matches matches, operation_list& out) {
    const std::lock_guard lock(mutex_);
    for (operation_list* const list : {&queue_[0], &queue_[1], &aside_, &calm_}) {
      for (operation *op = list->front(), *next = nullptr; op != nullptr; op = next) {
        next = op->next;
        if (matches(*op)) drop(*op, out);
      }
    }
    tidy();
  }

  /// Admits nobody any more and takes all waiters out.
  void close(operation_list& out);
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  /// Whether there is something for take_news(). To be asked after each call that takes or gives. relaxed: who
  /// makes news asks on the same thread.
  [[nodiscard]] bool has_news() const noexcept { return news_.load(std::memory_order_relaxed); }
  /// Appends the waits for a level that has come. True: the caller has the duty to have changes told, by
  /// fetch_change().
  [[nodiscard]] bool take_news(operation_list& calmed);
  /// With the news: whoever waits for outstanding() must look again, since there seemed to be more than there was.
  [[nodiscard]] bool take_seemed_more();
  [[nodiscard]] std::optional<pressure_level> fetch_change();
  void observe_changes(bool wanted);

  /// Permits out at this moment, those without an operation included.
  [[nodiscard]] std::uint64_t ops() const noexcept;
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  /// Those that have an operation, and all who wait; or for a moment more: then news say that it must be looked at
  /// again. seq_cst, see reply_role.
  [[nodiscard]] std::uint64_t outstanding() const noexcept;
  /// How many operations were accepted since the beginning. relaxed: a number, which guards nothing.
  void count_accepted(std::uint64_t ops) noexcept {
    credits_.mine().accepted.fetch_add(ops, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t accepted() const noexcept { return credits_.accepted(); }
  [[nodiscard]] pressure_level level() const noexcept { return word_.level(); }
  /// For a permit.
  [[nodiscard]] std::size_t waiting();
  [[nodiscard]] level_history history();

 private:
  acquired wait_for_level(operation& op);
  acquired wait_aside(operation& op);
  void wait_in(operation_list& list, operation& op);
  bool comes_first(const operation& op) const noexcept;
  operation* first_waiter() const noexcept;
  void grant(operation_list& granted);
  bool take_now(std::uint64_t bytes);
  bool take_lock_free(std::uint64_t bytes) noexcept;
  [[nodiscard]] bool may_take_in_advance(std::uint64_t bytes) const noexcept;
  bool take_in_advance(std::uint64_t bytes) noexcept;
  void take_credits_back() noexcept;
  void there_seemed_more() noexcept;
  bool take(std::uint64_t bytes);
  bool take_limited(const operation& op);
  bool take_or_announce(std::uint64_t bytes, bool overtakes);
  void count_turn(const operation& op) noexcept;
  void enqueue(operation& op) noexcept;
  void drop(operation& op, operation_list& into) noexcept;
  void take_out(operation& op, operation_list& into) noexcept;
  void tidy() noexcept;
  void note_level(pressure_level before);
  [[nodiscard]] bool is_limited(const operation& op) const noexcept { return op.patient && limits_patient_; }
  operation_list& queue(priority which) noexcept { return queue_[static_cast<std::size_t>(which)]; }
  const operation_list& queue(priority which) const noexcept { return queue_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] std::size_t all_waiters() const noexcept { return queue_[0].size() + queue_[1].size() + aside_.size(); }

  static constexpr std::uint64_t one_change = std::uint64_t{1} << 32U;

  admission_word word_;
  std::atomic<std::uint64_t> pending_{0}; // who waits, for whatever; written under the lock
  std::atomic<std::uint64_t> unused_{0};  // permits without an operation, and above them the number of changes
  const std::uint64_t max_bytes_;
  const std::size_t max_waiters_;
  const std::size_t max_patient_;
  const bool limits_patient_;
  credits credits_;
  std::atomic<bool> closed_{false}; // release in close(), acquire in acquire(): a hint there, certain under the lock
  std::atomic<bool> news_{false};   // written under the lock
  std::mutex mutex_;
  std::array<operation_list, 2> queue_; // by priority
  priority_turns turns_;
  operation_list aside_;    // patient ones beyond their share
  std::size_t patient_ = 0; // those that are not: with a permit or queued
  deadline_heap deadlines_;
  operation_list calm_;   // waits for a level
  operation_list calmed_; // whose level has come
  bool seemed_more_ = false;
  level_log log_;
};

} // namespace shardbridge::detail
