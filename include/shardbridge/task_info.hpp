#pragma once

#include <shardbridge/task_id.hpp>

#include <chrono>

namespace shardbridge {

/// What a task does.
enum class task_state {
  running, ///< it is the one that asks
  ready,   ///< it goes on in its turn
  waiting  ///< for what task_info::waits_for says
};

/// What can be seen of a task from outside, see shard::for_each_task().
struct task_info {
  task_id id;                             ///< by which shard::abort() finds it
  task_state state = task_state::waiting; ///< now
  /// What it waits for, or waited for when it became ready: the name of the shard's function or of the wait, such as
  /// `read`, `sleep`, `receive`; `tasks` where it waits for tasks inside it, such as those of when_all(); nullptr where
  /// it runs, or waits for what is not the library's. It lives as long as the program.
  const char* waits_for = nullptr;
  /// Since when, as of the shard's last look at the clock before, mostly at the beginning of a turn: zero where
  /// `waits_for` is nullptr.
  std::chrono::steady_clock::time_point since;
  /// Its waits throw: it was cancelled.
  bool cancelled = false;
};

} // namespace shardbridge
