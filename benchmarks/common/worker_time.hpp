#pragma once

#include <chrono>
#include <vector>

namespace shardbridge::bench {

/// The CPU time of one thread until a moment.
struct thread_time {
  int id = 0;
  bool kernel_worker = false; ///< One that io_uring has started: of io-wq, or one that polls a submission queue.
  std::chrono::nanoseconds used{0};
};

/// The CPU time of a process until a moment.
struct process_times {
  std::chrono::nanoseconds total{0}; ///< Of threads that have ended, too.
  std::vector<thread_time> threads;  ///< Those there are.
};

/// What the kernel's workers for io_uring used in between. Those that ended are known by what no living thread has
/// used; where a thread of the program's own ended as well, these cannot be told apart, and living workers alone count.
std::chrono::nanoseconds worker_time(const process_times& before, const process_times& after);

} // namespace shardbridge::bench
