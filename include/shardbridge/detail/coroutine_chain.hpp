// How one coroutine of a shard goes on with another: through a loop, not through a call, so that neither a chain of a
// million tasks nor a task that awaits a million others grows the stack. The symmetric transfer of the language
// promises that only where the compiler makes it a tail call, which gcc 12 does not without optimisation or with
// sanitizers.
#pragma once

#include <coroutine>
#include <utility>

namespace shardbridge::detail {

/// Is told of the end of a chain whose first coroutine nobody awaits, and may destroy that.
class chain_end {
 public:
  virtual void ended() noexcept = 0;

 protected:
  ~chain_end() = default;
};

/// What runs next on this thread.
inline constinit thread_local std::coroutine_handle<> running_next;

/// From await_suspend, whose coroutine is suspended and returns to run_chain().
inline void go_on_with(std::coroutine_handle<> to) noexcept {
  running_next = to;
}

/// Resumes `first`, and whatever it goes on with, until one waits for something.
inline void run_chain(std::coroutine_handle<> first) {
  for (std::coroutine_handle<> next = first; next; next = std::exchange(running_next, nullptr))
    next.resume();
}

} // namespace shardbridge::detail
