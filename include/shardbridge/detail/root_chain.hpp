// A chain of coroutines of a shard that nobody awaits, which is what a user calls a task: it is spawned, or called by a
// bridge or another shard. Its coroutines, scopes and waits know it.
//
// Threads: the shard's own.
#pragma once

#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/local_ref.hpp>
#include <shardbridge/detail/waiter.hpp>
#include <shardbridge/task_id.hpp>
#include <shardbridge/task_info.hpp>

#include <coroutine>
#include <exception>

namespace shardbridge::detail {

/// What tasks are bound to, and cancelled with. They keep it.
struct bound_tasks {
  cancel_scope scope;
  unsigned references = 0;
};

/// Of a coroutine that the loop starts, in its turn.
class start_of_chain final : public waiter {
 public:
  start_of_chain(shard_runtime& on, std::coroutine_handle<> first, cancel_scope& of) noexcept;
  [[nodiscard]] bool withdraw() noexcept override { return false; } // it is ready
  [[nodiscard]] const char* waits_for() const noexcept override { return "start"; }
  /// Its coroutine has gone.
  void forget() noexcept;
};

/// It is listed, and found by its id, from its beginning to end().
class root_chain {
 public:
  root_chain(const root_chain&) = delete;
  root_chain& operator=(const root_chain&) = delete;

  [[nodiscard]] task_info info() const noexcept;
  /// Where it is suspended; once.
  virtual void destroy() noexcept = 0;

 private:
  const local_ref<bound_tasks> bound_to_; ///< there until the scope has gone

 public:
  cancel_scope scope;
  start_of_chain start;
  const task_id id;

  // The list's.
  root_chain* previous = nullptr;
  root_chain* next = nullptr;

 protected:
  /// The shard has room for it, see shard_runtime::make_room_for_task().
  root_chain(shard_runtime& on, std::coroutine_handle<> first, local_ref<bound_tasks> bound_to) noexcept;
  ~root_chain() = default;

  /// Before it goes, once.
  void end() noexcept;
};

/// A coroutine that is a root, of calls; there must be room. It destroys itself when it ends. What may be suspended in
/// it must be in its body, not in its parameters, which outlive the scope.
class root {
 public:
  struct promise_type final : root_chain, frame_memory {
    /// The first parameter of the coroutine.
    template <class... Rest>
    explicit promise_type(shard_runtime& on, Rest&...) noexcept
        : root_chain(on, std::coroutine_handle<promise_type>::from_promise(*this), {}) {}
    promise_type(const promise_type&) = delete;
    promise_type& operator=(const promise_type&) = delete;
    ~promise_type() { end(); }

    root get_return_object() noexcept { return root(scope); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

    void destroy() noexcept override { std::coroutine_handle<promise_type>::from_promise(*this).destroy(); }
  };

  /// Until it ends.
  [[nodiscard]] cancel_scope& scope() const noexcept { return *scope_; }

 private:
  explicit root(cancel_scope& of) noexcept : scope_(&of) {}

  cancel_scope* scope_;
};

} // namespace shardbridge::detail
