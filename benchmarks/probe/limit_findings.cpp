#include "findings.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace shardbridge::bench {
namespace {

finding limit_of(const char* name, __rlimit_resource which) {
  rlimit limit{};
  if (::getrlimit(which, &limit) != 0) return {name, false, std::generic_category().message(errno)};
  return {name, true, limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur)};
}

finding io_uring_setting() {
  std::ifstream file("/proc/sys/kernel/io_uring_disabled");
  int value = 0;
  if (!(file >> value)) return {"kernel.io_uring_disabled", true, "there is no such setting"};
  static constexpr const char* meanings[] = {"0: allowed", "1: for members of kernel.io_uring_group alone",
                                             "2: forbidden"};
  return {"kernel.io_uring_disabled", value == 0, value >= 0 && value <= 2 ? meanings[value] : std::to_string(value)};
}

finding seccomp_filter() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Seccomp:"))
      return {"seccomp filter", true, line.back() == '0' ? "none" : "there is one, as in most containers"};
  return {"seccomp filter", true, "unknown"};
}

finding precise_epoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return {"epoll", false, std::generic_category().message(errno)};
  epoll_event event{};
  const timespec now{};
  const int failed = ::epoll_pwait2(epoll, &event, 1, &now, nullptr) < 0 ? errno : 0;
  ::close(epoll);
  return {"epoll_pwait2", failed == 0, failed == 0 ? "" : std::generic_category().message(failed)};
}

} // namespace

std::vector<finding> find_limits() {
  return {io_uring_setting(),
          seccomp_filter(),
          limit_of("RLIMIT_MEMLOCK (bytes)", RLIMIT_MEMLOCK),
          limit_of("RLIMIT_NOFILE (descriptors)", RLIMIT_NOFILE),
          limit_of("RLIMIT_NPROC (threads of the user)", RLIMIT_NPROC),
          precise_epoll()};
}

} // namespace shardbridge::bench
