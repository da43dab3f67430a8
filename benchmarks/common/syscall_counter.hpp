#pragma once

#include "descriptor.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// Counts the system calls that the other threads of this process make, from its construction on. The kernel counts
/// them (the tracepoint raw_syscalls:sys_enter), which costs each some 30 ns on the whole machine: what is timed should
/// not be counted at the same time.
///
/// Threads: the one that made it.
class syscall_counter {
 public:
  /// Why nothing can be counted here; empty where it can.
  static const std::string& obstacle();

  /// Needs that there is no obstacle. Throws run_failure.
  syscall_counter();

  std::uint64_t count() const;

 private:
  std::vector<unique_descriptor> counters_;
};

} // namespace shardbridge::bench
