// What the loop of a shard does for the code that runs on it: resumes coroutines when their time has come, and takes
// their operations.
//
// Threads: the shard's own.
//
// Invariants
//  1. A coroutine is resumed by the loop alone, never inside a call that makes it ready.
//  2. A coroutine that another thread resumes, a remote one, is awaited even by a shard that stops, unless whoever
//     would resume it lets it go: it is not destroyed while that thread may still touch it.
//  3. Every root is listed from its start to its end. Those that a stopped shard cannot wait for are destroyed
//     where they are suspended, when none of the shard's own operations is in the kernel and no remote one is
//     awaited.
#pragma once

#include <shardbridge/detail/arrival.hpp>
#include <shardbridge/detail/coroutine_chain.hpp>
#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/root_chain.hpp>
#include <shardbridge/detail/task_slab.hpp>
#include <shardbridge/detail/timer.hpp>
#include <shardbridge/detail/waiter.hpp>
#include <shardbridge/pressure_level.hpp>

#include <cassert>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <utility>

namespace shardbridge {
class shard;
}

namespace shardbridge::detail {

class shard_runtime;
/// That of the code's shard.
shard_runtime& runtime_of(shard& on) noexcept;

/// Is told when the shard stops.
class stop_listener {
 public:
  stop_listener(const stop_listener&) = delete;
  stop_listener& operator=(const stop_listener&) = delete;

  /// Once. It is listed no more.
  virtual void shard_stops() noexcept = 0;

  // The list's.
  bool listed = false;
  stop_listener* previous = nullptr;
  stop_listener* next = nullptr;

 protected:
  stop_listener() = default;
  ~stop_listener() = default;
};

/// Is told when memory to receive into has become free.
class buffer_waiter {
 public:
  buffer_waiter(const buffer_waiter&) = delete;
  buffer_waiter& operator=(const buffer_waiter&) = delete;

  /// Once. It is listed no more.
  virtual void buffer_came() noexcept = 0;

  // The list's.
  buffer_waiter* previous = nullptr;
  buffer_waiter* next = nullptr;

 protected:
  buffer_waiter() = default;
  ~buffer_waiter() = default;
};

/// Lives on the shard, and ends there at the latest.
class resident {
 public:
  resident(const resident&) = delete;
  resident& operator=(const resident&) = delete;

  /// Once, when the shard's last task has ended. It is listed no more.
  virtual void shard_ends() noexcept = 0;

  // The list's.
  resident* previous = nullptr;
  resident* next = nullptr;

 protected:
  resident() = default;
  ~resident() = default;
};

class shard_runtime {
 public:
  shard_runtime(const shard_runtime&) = delete;
  shard_runtime& operator=(const shard_runtime&) = delete;

  /// `which` is resumed in its turn: behind all that are ready already.
  void make_ready(waiter& which) noexcept {
    which.ready = true;
    ready_.push_back(which);
  }
  /// Its coroutine goes away.
  void forget(waiter& which) noexcept { ready_.erase(which); }

  /// From then on nothing is waited for: what would suspend throws `errc::stopped` instead.
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

  /// That of the chain that runs; where none does, one of nobody's.
  [[nodiscard]] cancel_scope& scope() const noexcept { return *scope_; }
  /// Why the chain that runs must not wait; success: it may.
  [[nodiscard]] op_result interruption() const noexcept {
    return stopping_ ? op_result::of(errc::stopped) : scope_->cause();
  }

  /// As last looked at: steady clock, nanoseconds.
  [[nodiscard]] std::int64_t now() const noexcept { return now_; }

  /// For one more. Throws std::bad_alloc.
  void make_room_for_task() { tasks_.make_room(); }
  /// That of which a coroutine runs; nullptr: none does.
  [[nodiscard]] const root_chain* running_task() const noexcept { return scope_->task; }
  /// nullptr: it has ended, or is of another shard.
  [[nodiscard]] root_chain* find(const task_id& which) const noexcept { return tasks_.find(which); }
  /// Those that have not ended, in the order in which they were begun.
  [[nodiscard]] const intrusive_list<root_chain>& tasks() const noexcept { return roots_; }

  /// `which` waits for another thread.
  void expect(remote_waiter& which) noexcept { expected_.push_back(which); }
  /// Another thread has let it go.
  void expect_no_more(remote_waiter& which) noexcept { expected_.erase(which); }
  /// Has it arrive here. Any thread, as long as the shard waits for it.
  virtual void post(message& what) noexcept = 0;
  /// It was posted, has not arrived, and is not wanted any more.
  virtual void forget(message& what) noexcept = 0;

  /// How many shards the group has.
  [[nodiscard]] virtual std::size_t group_size() const noexcept = 0;
  /// Posts it to another shard of the group, or bounces it there and then.
  virtual void send(std::size_t to, message& what) noexcept = 0;
  /// Takes over a call of code on a shard: it runs in its turn, never inside this call.
  virtual void take_call(operation& call) noexcept = 0;
  /// One that was taken and has not been delivered: it does not begin, or its task is cancelled.
  virtual void cancel_call(operation& call, op_result cause) noexcept = 0;

  /// On a shard that stops already nobody is told.
  void listen(stop_listener& which) noexcept {
    which.listed = true;
    listeners_.push_back(which);
  }
  void forget(stop_listener& which) noexcept {
    if (which.listed) listeners_.erase(which);
  }

  void settle(resident& which) noexcept { residents_.push_back(which); }
  void forget(resident& which) noexcept { residents_.erase(which); }

  /// It must not be set, and stays where it is until it has fired or been stopped.
  virtual void set_timer(timer& which) noexcept = 0;
  /// Nothing happens to one that is not set.
  virtual void stop_timer(timer& which) noexcept = 0;

  /// The kernel may receive into it again, and whoever has waited longest for that may go on.
  void give_back(received_piece& piece) noexcept {
    if (piece.copied) return ::operator delete(&piece);
    return_buffer(piece.buffer);
    if (buffer_waiter* const first = starved_.pop_front()) first->buffer_came();
  }
  /// The kernel had no memory to receive into. It may have some by now.
  void await_buffer(buffer_waiter& which) noexcept {
    if (has_buffers())
      which.buffer_came();
    else
      starved_.push_back(which);
  }
  /// Whether what was received and is not taken yet may stay where it is: else it would be in the way of others.
  [[nodiscard]] virtual bool may_keep_buffers() const noexcept = 0;
  /// It waits no more.
  void forget_buffer(buffer_waiter& which) noexcept { starved_.erase(which); }

  /// The highest of the bridges'.
  [[nodiscard]] virtual pressure_level level() const noexcept = 0;
  /// False: it has come already.
  [[nodiscard]] virtual bool wait_level(level_waiter& which) = 0;
  /// It waits no more.
  void forget_level(level_waiter& which) noexcept { level_waits_.erase(which); }

  /// Takes over an operation of the shard's own: it is delivered, `post`ed, in a later turn at the earliest or from
  /// inside this call.
  virtual void begin_own(operation& op) = 0;
  /// Ends it early where that can be done: it has not been delivered, and may be from inside this call.
  virtual void interrupt_own(operation& op) noexcept = 0;
  /// It was parked, and may go on.
  virtual void unpark_own(operation& op) = 0;
  /// A call that did not end when it was begun.
  virtual void end_call(operation& call, op_result result) = 0;
  /// A task has failed that nobody joins any more.
  virtual void task_failed(const std::exception_ptr& why) noexcept = 0;

 protected:
  /// `index`: which of its group; `most_tasks`: at once.
  explicit shard_runtime(std::size_t index = 0, std::uint32_t most_tasks = UINT32_MAX) noexcept
      : tasks_(index, most_tasks) {}
  ~shard_runtime() = default;

  virtual void return_buffer(std::uint16_t buffer) noexcept = 0;
  /// Not all are lent.
  [[nodiscard]] virtual bool has_buffers() const noexcept = 0;

  /// Resumes the chain of the next that is ready. False: none is.
  bool resume_next() {
    waiter* const next = ready_.pop_front();
    if (next == nullptr) return false;
    next->ready = false;
    scope_ = next->scope;
    scope_->waiting = nullptr;
    run_chain(next->coroutine);
    scope_ = &nobody_;
    return true;
  }
  void tell_listeners() noexcept {
    while (stop_listener* const each = listeners_.pop_front()) {
      each->listed = false;
      each->shard_stops();
    }
  }
  /// The youngest first: what was called dies before who called it.
  void destroy_roots() noexcept {
    while (root_chain* const each = roots_.back())
      each->destroy();
  }
  /// The latest first.
  void end_residents() noexcept {
    while (resident* const each = residents_.back()) {
      residents_.erase(*each);
      each->shard_ends();
    }
  }

  intrusive_list<waiter> ready_;
  intrusive_list<waiter> expected_;    ///< remote_waiters
  intrusive_list<waiter> level_waits_; ///< level_waiters
  intrusive_list<stop_listener> listeners_;
  intrusive_list<buffer_waiter> starved_;
  intrusive_list<resident> residents_;
  intrusive_list<root_chain> roots_;
  task_slab<root_chain> tasks_; ///< the same
  std::int64_t now_ = 0;
  bool stopping_ = false;

 private:
  friend root_chain;

  cancel_scope nobody_; ///< never cancelled
  cancel_scope* scope_ = &nobody_;
};

inline void cancel_scope::cancel(op_result cause) noexcept {
  for (cancel_scope* each = this; each != nullptr; each = each->following(*this))
    each->cancel_this(cause);
}
inline void cancel_scope::cancel_this(op_result cause) noexcept {
  if (cancelled()) return;
  cause_ = cause;
  if (waiting != nullptr && !waiting->ready && waiting->withdraw()) waiting->runtime.make_ready(*waiting);
}
inline cancel_scope* cancel_scope::following(const cancel_scope& top) noexcept {
  if (cancel_scope* const first = inner_.front()) return first;
  for (cancel_scope* each = this; each != &top; each = each->outer_)
    if (each->next != nullptr) return each->next;
  return nullptr;
}

inline waiter::~waiter() {
  if (ready) runtime.forget(*this);
  if (scope != nullptr && scope->waiting == this) scope->waiting = nullptr;
}
inline void waiter::suspend(std::coroutine_handle<> awaiting) noexcept {
  coroutine = awaiting;
  scope = &runtime.scope();
  scope->waiting = this;
  since = runtime.now();
}

inline void remote_waiter::expect() noexcept {
  runtime.expect(*this);
}
inline void remote_waiter::wake() noexcept {
  runtime.post(*this);
}
inline bool remote_waiter::withdraw() noexcept {
  if (!let_go()) return false;
  runtime.expect_no_more(*this);
  return true;
}
inline void remote_waiter::arrive(shard_runtime& on) noexcept {
  on.expect_no_more(*this);
  on.make_ready(*this);
}
inline void remote_waiter::bounce(errc) noexcept {
  assert(false && "shardbridge: a shard has ended while a coroutine of it was awaited");
}
inline bool level_waiter::withdraw() noexcept {
  runtime.forget_level(*this);
  return true;
}

inline start_of_chain::start_of_chain(shard_runtime& on, std::coroutine_handle<> first, cancel_scope& of) noexcept
    : waiter(on) {
  coroutine = first;
  scope = &of;
  since = on.now();
  on.make_ready(*this);
}

inline void start_of_chain::forget() noexcept {
  if (!ready) return;
  runtime.forget(*this);
  ready = false;
}

inline root_chain::root_chain(shard_runtime& on, std::coroutine_handle<> first,
                              local_ref<bound_tasks> bound_to) noexcept
    : bound_to_(std::move(bound_to)), scope(this, bound_to_ ? &bound_to_->scope : nullptr), start(on, first, scope),
      id(on.tasks_.insert(*this)) {
  on.roots_.push_back(*this);
}
inline void root_chain::end() noexcept {
  start.runtime.roots_.erase(*this);
  start.runtime.tasks_.erase(id);
}
inline task_info root_chain::info() const noexcept {
  const waiter* const at = start.ready ? &start : scope.waiting;
  task_info out{.id = id, .since = {}, .cancelled = scope.cancelled()};
  if (this == start.runtime.running_task())
    out.state = task_state::running;
  else if (at != nullptr && at->ready)
    out.state = task_state::ready;
  if (at == nullptr || out.state == task_state::running) return out;
  out.waits_for = at->waits_for();
  out.since = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at->since));
  return out;
}

} // namespace shardbridge::detail
