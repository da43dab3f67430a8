#include <bridge/event_fd.hpp>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace shardbridge::detail {

event_fd::event_fd() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

event_fd::~event_fd() {
  ::close(fd_);
}

void event_fd::signal() noexcept {
  const std::uint64_t one = 1;
  while (::write(fd_, &one, sizeof one) < 0) {
    // A saturated counter is readable but wakes nobody any more: make room, then write again.
    if (errno == EAGAIN)
      drain();
    else if (errno != EINTR)
      return;
  }
}

void event_fd::drain() noexcept {
  std::uint64_t count = 0;
  while (::read(fd_, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

} // namespace shardbridge::detail
