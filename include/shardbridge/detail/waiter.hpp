// What coroutines of a shard are suspended in, and what is cancelled together.
//
// Threads: the shard's own, but for remote_waiter::wake().
//
// Invariants
//  1. A chain of coroutines, of which each awaits the next, waits in one place at a time, and its innermost scope knows
//     it.
//  2. What cancels a scope cancels those inside too, once: what ends first is told, by every wait until the scope ends.
//  3. A wait that is over when its scope is cancelled keeps its result.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/message.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/pressure_level.hpp>

#include <coroutine>
#include <cstdint>

namespace shardbridge::detail {

class root_chain;
class shard_runtime;
class waiter;

/// What is cancelled together: a chain of coroutines and the scopes that it has opened.
class cancel_scope {
 public:
  cancel_scope() noexcept = default;
  /// Inside another, which outlives it.
  explicit cancel_scope(cancel_scope& outer) noexcept : cancel_scope(outer.task, &outer) {}
  /// That of a task, which may be cancelled with others: inside `outer`, if there is one.
  cancel_scope(root_chain* of, cancel_scope* outer) noexcept : task(of), outer_(outer) {
    if (outer_ == nullptr) return;
    cause_ = outer_->cause_;
    outer_->inner_.push_back(*this);
  }
  cancel_scope(const cancel_scope&) = delete;
  cancel_scope& operator=(const cancel_scope&) = delete;
  ~cancel_scope() {
    if (outer_ != nullptr) outer_->inner_.erase(*this);
  }

  /// `cause`: what waits will say. Only the first counts.
  void cancel(op_result cause) noexcept;
  [[nodiscard]] bool cancelled() const noexcept { return cause_.kind != result_kind::success; }
  /// Success: it is not cancelled.
  [[nodiscard]] const op_result& cause() const noexcept { return cause_; }

  root_chain* const task = nullptr; ///< which it belongs to; nullptr: none
  waiter* waiting = nullptr;        ///< where its chain is suspended; nullptr: it runs, or is in a scope inside

  // The list's.
  cancel_scope* previous = nullptr;
  cancel_scope* next = nullptr;

 private:
  void cancel_this(op_result cause) noexcept;
  /// In the tree below `top`, outer scopes first.
  [[nodiscard]] cancel_scope* following(const cancel_scope& top) noexcept;

  op_result cause_{};
  cancel_scope* const outer_ = nullptr;
  intrusive_list<cancel_scope> inner_;
};

/// A suspended coroutine, in the object that it awaits. While it is ready it may be destroyed with its coroutine.
class waiter {
 public:
  explicit waiter(shard_runtime& on) noexcept : runtime(on) {}
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  /// It is not wanted any more. True: nobody will make it ready.
  [[nodiscard]] virtual bool withdraw() noexcept = 0;
  /// For who looks at tasks: a word or two.
  [[nodiscard]] virtual const char* waits_for() const noexcept { return "something"; }

  shard_runtime& runtime;
  std::coroutine_handle<> coroutine;
  cancel_scope* scope = nullptr; ///< whose chain it is, from where it is suspended
  std::int64_t since = 0;        ///< it is suspended: steady clock, nanoseconds, as the shard last looked

  // The queue's.
  bool ready = false;
  waiter* previous = nullptr;
  waiter* next = nullptr;

 protected:
  ~waiter();

  /// From await_suspend.
  void suspend(std::coroutine_handle<> awaiting) noexcept;
};

/// A waiter that any thread may make ready, by wake().
class remote_waiter : public waiter, public message {
 public:
  using waiter::waiter;

  /// On the shard, which does not stop, before the loop goes on; another thread may know of it already.
  void expect() noexcept;
  /// Once. Any thread; it may be gone when this returns.
  void wake() noexcept;
  [[nodiscard]] bool withdraw() noexcept final;

  /// It is ready.
  void arrive(shard_runtime& on) noexcept final;
  /// Never: a shard does not end while it is expected there.
  void bounce(errc why) noexcept final;

 protected:
  ~remote_waiter() = default;

 private:
  /// True: nobody will wake it any more. On the shard.
  [[nodiscard]] virtual bool let_go() noexcept = 0;
};

/// A waiter for a level of pressure, at or below.
class level_waiter : public waiter {
 public:
  level_waiter(shard_runtime& on, pressure_level level) noexcept : waiter(on), wanted(level) {}
  [[nodiscard]] bool withdraw() noexcept final;

  const pressure_level wanted;

 protected:
  ~level_waiter() = default;
};

} // namespace shardbridge::detail
