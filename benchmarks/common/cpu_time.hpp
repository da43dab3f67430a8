#pragma once

#include <sys/resource.h>

namespace shardbridge::bench {

/// Seconds of CPU, user and system, that this process has used. The kernel's worker threads for io_uring belong to the
/// process, so they count.
inline double process_cpu_seconds() noexcept {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace shardbridge::bench
