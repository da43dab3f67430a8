#include <shard_side/readiness.hpp>

#include <bridge/clock.hpp>
#include <shard_side/driver.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include <unistd.h>

namespace shardbridge::detail {
namespace {

constexpr int wake = -1; // as a number of a descriptor

} // namespace

readiness::readiness(const event_fd& first, const event_fd& second) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  try {
    watch(first);
    watch(second);
  } catch (...) {
    ::close(epoll_);
    throw;
  }
}

readiness::~readiness() {
  ::close(epoll_);
}

/// Edge-triggered, each write tells once, and nobody needs to read the counter.
void readiness::watch(const event_fd& event) {
  epoll_event asked{.events = EPOLLIN | EPOLLET, .data = {.fd = wake}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, event.get(), &asked) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

int readiness::ask(int fd, std::uint32_t events, bool registered) noexcept {
  epoll_event asked{.events = events | EPOLLONESHOT, .data = {.fd = fd}};
  if (::epoll_ctl(epoll_, registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &asked) == 0) return 0;
  // It was closed, and the number is another file's; or it is known under this number from before.
  if (errno == ENOENT && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &asked) == 0) return 0;
  if (errno == EEXIST && ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &asked) == 0) return 0;
  return errno;
}

void readiness::forget(int fd) noexcept {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

int readiness::wait_some(std::int64_t until) noexcept {
  if (until == driver::no_wait) return ::epoll_wait(epoll_, came_, most, 0);
  if (until == never) return ::epoll_wait(epoll_, came_, most, -1);
  const std::int64_t left = std::max<std::int64_t>(until - steady_now(), 0);
  if (precise_) {
    const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll_, came_, most, &limit, nullptr);
    // An older kernel, or a filter that does not know it.
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    precise_ = false;
  }
  const std::int64_t milliseconds = std::min<std::int64_t>((left + 999'999) / 1'000'000, INT_MAX);
  return ::epoll_wait(epoll_, came_, most, static_cast<int>(milliseconds));
}

std::span<epoll_event> readiness::wait(std::int64_t until) {
  const int count = wait_some(until);
  if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
  const std::span all(came_, static_cast<std::size_t>(std::max(count, 0)));
  const auto end = std::partition(all.begin(), all.end(), [](const epoll_event& each) { return each.data.fd != wake; });
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

} // namespace shardbridge::detail
