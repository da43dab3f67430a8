// What the loop of a shard does for the code that runs on it: resumes coroutines when their time has come, and takes
// their operations.
//
// Threads: the shard's own.
//
// Invariants
//  1. A coroutine is resumed by the loop alone, never inside a call that makes it ready.
//  2. A coroutine that another thread resumes, a remote one, is awaited even by a shard that stops, unless whoever
//     would resume it lets it go: it is not destroyed while that thread may still touch it.
//  3. Every root is listed from its start to the end of its frame. Those that a stopped shard cannot wait for are
//     destroyed where they are suspended, when none of the shard's own operations is in the kernel and no remote one is
//     awaited.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/pressure_level.hpp>

#include <coroutine>
#include <cstdint>
#include <exception>

namespace shardbridge::detail {

class shard_runtime;

/// A suspended coroutine, in the object that it awaits. While it is ready it may be destroyed with its coroutine.
class waiter {
 public:
  explicit waiter(shard_runtime& on) noexcept : runtime(on) {}
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;
  ~waiter();

  shard_runtime& runtime;
  std::coroutine_handle<> coroutine;

  // The queue's.
  bool ready = false;
  waiter* previous = nullptr;
  waiter* next = nullptr;
};

/// A waiter that any thread may make ready, by wake().
class remote_waiter : public waiter {
 public:
  using waiter::waiter;

  /// On the shard, which does not stop, before the loop goes on; another thread may know of it already.
  inline void expect() noexcept;
  /// Once. Any thread; it may be gone when this returns.
  inline void wake() noexcept;
  /// The shard stops. True: nobody will wake it any more. On the shard.
  virtual bool withdraw() noexcept = 0;

  remote_waiter* next_woken = nullptr; ///< of the list of those woken

 protected:
  ~remote_waiter() = default;
};

/// A waiter for a level of pressure, at or below.
class level_waiter : public waiter {
 public:
  level_waiter(shard_runtime& on, pressure_level level) noexcept : waiter(on), wanted(level) {}
  const pressure_level wanted;
};

/// A coroutine that nobody awaits. It destroys itself when it ends.
class root {
 public:
  struct promise_type {
    /// The first parameter of the coroutine.
    template <class... Rest>
    explicit promise_type(shard_runtime& on, Rest&...) noexcept;
    promise_type(const promise_type&) = delete;
    promise_type& operator=(const promise_type&) = delete;
    ~promise_type();

    root get_return_object() const noexcept { return {}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

    waiter start;
    promise_type* previous = nullptr;
    promise_type* next = nullptr;
  };
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

  /// `which` waits for another thread.
  void expect(remote_waiter& which) noexcept { expected_.push_back(which); }
  /// It has come. Any thread.
  virtual void wake(remote_waiter& which) noexcept = 0;

  /// The highest of the bridges'.
  [[nodiscard]] virtual pressure_level level() const noexcept = 0;
  /// False: it has come already.
  [[nodiscard]] virtual bool wait_level(level_waiter& which) = 0;

  /// Takes over an operation of the shard's own: it is delivered, `post`ed, in a later turn at the earliest or from
  /// inside this call.
  virtual void begin_own(operation& op) = 0;
  /// A call that did not end when it was begun.
  virtual void end_call(operation& call, op_result result) = 0;
  /// A task has failed that nobody joins any more.
  virtual void task_failed(const std::exception_ptr& why) noexcept = 0;

 protected:
  shard_runtime() = default;
  ~shard_runtime() = default;

  /// The next that is ready; nullptr: none.
  [[nodiscard]] waiter* next_ready() noexcept {
    waiter* const next = ready_.pop_front();
    if (next != nullptr) next->ready = false;
    return next;
  }
  void destroy_roots() noexcept {
    while (root::promise_type* const each = roots_.front())
      std::coroutine_handle<root::promise_type>::from_promise(*each).destroy();
  }

  intrusive_list<waiter> ready_;
  intrusive_list<waiter> expected_; ///< remote_waiters
  intrusive_list<root::promise_type> roots_;
  std::uint64_t started_ = 0; ///< roots, since the beginning
  bool stopping_ = false;

 private:
  friend root::promise_type;
};

inline waiter::~waiter() {
  if (ready) runtime.forget(*this);
}
inline void remote_waiter::expect() noexcept {
  runtime.expect(*this);
}
inline void remote_waiter::wake() noexcept {
  runtime.wake(*this);
}

template <class... Rest>
root::promise_type::promise_type(shard_runtime& on, Rest&...) noexcept : start(on) {
  start.coroutine = std::coroutine_handle<promise_type>::from_promise(*this);
  on.roots_.push_back(*this);
  ++on.started_;
  on.make_ready(start);
}
inline root::promise_type::~promise_type() {
  start.runtime.roots_.erase(*this);
}

} // namespace shardbridge::detail
