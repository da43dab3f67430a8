// How functions get from shards to an executor: admission gives them room, a mailbox keeps them in order, and whoever
// has its duty, by a drain that is posted, calls them.
//
// Invariants
//  1. Waiters come out of admission, and room goes back to it, only under the lock `granting`; before that is given up
//     each waiter has its fate and, with room, its function in the mailbox. So a waiter whose fate is open under the
//     lock is in admission's queue, and its function with it.
//  2. All functions are alike to admission: where one waits there is no room, and what goes back at a time is the room
//     of one. So nobody is to be let in when a waiter goes without, and whoever finds room after a waiter was granted
//     his comes behind him in the mailbox.
//  3. The mailbox is shut only when admission is closed: who is granted room finds it open.
#include <shardbridge/detail/notifier_core.hpp>
#include <shardbridge/detail/post_awaiter.hpp>

#include <asio_side/mailbox.hpp>
#include <asio_side/watermarks_check.hpp>
#include <bridge/admission.hpp>
#include <bridge/clock.hpp>
#include <bridge/counter.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>

namespace shardbridge::detail {
namespace {

/// A drain that has lasted this long goes on as a fresh handler.
constexpr std::int64_t drain_bound_ns = 100'000;

/// Functions have no bytes: their number alone counts.
bridge_options limits_of(const notifier_options& options) {
  if (options.capacity < 1 || options.capacity > admission_word::ops_limit)
    throw std::invalid_argument("notifier_options::capacity must be 1 to 2097151");
  check(options.watermarks, "notifier_options");
  return {.max_ops = options.capacity,
          .max_bytes = 1,
          .max_waiters = options.max_waiters,
          .watermarks = options.watermarks};
}

} // namespace

struct notifier_core::parts {
  explicit parts(const notifier_options& options) : permits(limits_of(options)), capacity(options.capacity) {}

  admission permits;
  std::mutex granting;
  mailbox posted;
  const std::uint64_t capacity;
  counter called; // by who has the duty
  std::atomic<std::uint64_t> destroyed{0};
  // Numbers that guard nothing: relaxed.
  std::atomic<std::uint64_t> refused_no_room{0}, refused_stopped{0};

  void refused(admission::acquired why) noexcept {
    (why == admission::acquired::stopped ? refused_stopped : refused_no_room).fetch_add(1, std::memory_order_relaxed);
  }
};

notifier_core::notifier_core(const notifier_options& options) : parts_(std::make_unique<parts>(options)) {}

notifier_core::~notifier_core() {
  abandon(); // a drain may have been destroyed without its context
}

bool notifier_core::post(post_awaiter& who, bool stopping) noexcept {
  parts& own = *parts_;
  notification& what = *who.what_;
  what.waiter = &who;
  const auto acquired = stopping ? admission::acquired::stopped : own.permits.acquire(what);
  if (acquired == admission::acquired::waiting) return true; // its fate may be another's affair by now
  if (acquired == admission::acquired::taken) {
    who.fate_ = post_awaiter::fate::accepted;
    send(what);
    return false;
  }
  own.refused(acquired);
  who.fate_ = acquired == admission::acquired::stopped ? post_awaiter::fate::stopped : post_awaiter::fate::no_room;
  return false;
}

bool notifier_core::withdraw(post_awaiter& who) noexcept {
  const std::lock_guard lock(parts_->granting);
  if (who.fate_ != post_awaiter::fate::open || !parts_->permits.cancel(*who.what_)) return false;
  who.fate_ = post_awaiter::fate::stopped;
  parts_->refused(admission::acquired::stopped);
  return true;
}

bool notifier_core::try_take_room() noexcept {
  const auto acquired = parts_->permits.try_acquire(0);
  if (acquired == admission::acquired::taken) return true;
  parts_->refused(acquired);
  return false;
}

void notifier_core::use_room(unsent_notification what) noexcept {
  parts_->permits.use_unused();
  send(*what.release());
}

void notifier_core::give_up_room() noexcept {
  parts_->permits.use_unused();
  give_back();
}

void notifier_core::send(operation& accepted) noexcept {
  parts_->permits.count_accepted(1);
  switch (parts_->posted.put(accepted)) {
  case mailbox::put_result::queued:
    return;
  case mailbox::put_result::duty:
    return post_drain();
  case mailbox::put_result::shut:
    return discard(accepted);
  }
}

void notifier_core::discard(operation& accepted) noexcept {
  accepted.deliver(nullptr, operation::delivery::destroy);
  parts_->destroyed.fetch_add(1, std::memory_order_release); // pairs with stats(), as `called`
  operation_list nobody;                                     // waits any more
  parts_->permits.release(1, 0, nobody);
}

void notifier_core::give_back() noexcept {
  const std::lock_guard lock(parts_->granting);
  operation_list granted;
  parts_->permits.release(1, 0, granted);
  while (operation* const op = granted.pop_front()) {
    post_awaiter& waiter = *static_cast<notification&>(*op).waiter;
    waiter.fate_ = post_awaiter::fate::accepted;
    send(*op);
    waiter.wake();
  }
}

void notifier_core::close() noexcept {
  const std::lock_guard lock(parts_->granting);
  operation_list waiting;
  parts_->permits.close(waiting);
  while (operation* const op = waiting.pop_front()) {
    post_awaiter& waiter = *static_cast<notification&>(*op).waiter;
    waiter.fate_ = post_awaiter::fate::stopped;
    parts_->refused(admission::acquired::stopped);
    waiter.wake();
  }
}

void notifier_core::drain() {
  // Posted again whether others shall have their turn or a function has thrown.
  struct duty {
    notifier_core& core;
    bool over = false;
    ~duty() {
      if (!over) core.post_drain();
    }
  } held{*this};
  std::int64_t now = steady_now();
  for (const std::int64_t until = now + drain_bound_ns; !parts_->posted.rest(); now = steady_now()) {
    if (now > until) return;
    call(*parts_->posted.take());
  }
  held.over = true;
}

void notifier_core::call(operation& next) {
  struct end {
    notifier_core& core;
    ~end() {
      core.parts_->called.add();
      core.give_back();
    }
  } const gives_back{*this};
  next.deliver(nullptr, operation::delivery::invoke);
}

void notifier_core::abandon() noexcept {
  close();
  parts_->posted.shut();
  while (operation* const left = parts_->posted.take())
    discard(*left);
}

pressure_level notifier_core::level() const noexcept {
  return parts_->permits.level();
}

notifier_stats notifier_core::stats() const {
  parts& own = *parts_;
  // Ends before beginnings, so that no snapshot shows more of them.
  const std::uint64_t called = own.called.get();
  const std::uint64_t destroyed = own.destroyed.load(std::memory_order_acquire);
  return {.accepted = own.permits.accepted(),
          .called = called,
          .destroyed = destroyed,
          .refused_no_room = own.refused_no_room.load(std::memory_order_relaxed),
          .refused_stopped = own.refused_stopped.load(std::memory_order_relaxed),
          .outstanding = own.permits.ops(),
          .capacity = own.capacity,
          .waiting = own.permits.waiting(),
          .level = own.permits.level(),
          .level_entered = own.permits.history().entered};
}

} // namespace shardbridge::detail
