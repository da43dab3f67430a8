#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace shardbridge::bench {

/// What all threads of this process have used, those that have ended included. The kernel's worker threads for io_uring
/// belong to the process, so they count: as system time.
struct process_usage {
  double user_seconds = 0;
  double system_seconds = 0;
  std::uint64_t voluntary_switches = 0;   ///< A thread waited for something.
  std::uint64_t involuntary_switches = 0; ///< Another was given its CPU.

  double cpu_seconds() const noexcept { return user_seconds + system_seconds; }

  friend process_usage operator-(const process_usage& after, const process_usage& before) noexcept {
    return {.user_seconds = after.user_seconds - before.user_seconds,
            .system_seconds = after.system_seconds - before.system_seconds,
            .voluntary_switches = after.voluntary_switches - before.voluntary_switches,
            .involuntary_switches = after.involuntary_switches - before.involuntary_switches};
  }
};

inline process_usage usage_of_process() noexcept {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return {.user_seconds = seconds(usage.ru_utime),
          .system_seconds = seconds(usage.ru_stime),
          .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
          .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

} // namespace shardbridge::bench
