#pragma once

namespace shardbridge::bench {

/// From now on SIGINT and SIGTERM ask the program to end early instead of killing it; a second one ends it at once.
/// SIGPIPE is ignored. Call it in main, before any thread exists.
void install_interrupt_handlers();

/// Whether the user asked to end. Any thread.
[[nodiscard]] bool interrupted() noexcept;

/// Lets them through in this thread; for a child between fork and exec. Async-signal-safe.
void unblock_ending_signals() noexcept;

/// Keeps the signals away from the threads started during its life, so that they arrive in the main thread and
/// interrupt what that one waits for.
class signals_blocked {
 public:
  signals_blocked();
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;
  ~signals_blocked();
};

} // namespace shardbridge::bench
