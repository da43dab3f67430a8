#pragma once

#include <bridge/event_fd.hpp>

#include <cstdint>
#include <span>

#include <sys/epoll.h>

namespace shardbridge::detail {

/// epoll(7): tells once for each time it is asked that a descriptor is ready, and ends a wait when one of two eventfds
/// is written to, which are never read.
class readiness {
 public:
  /// Throws std::system_error.
  readiness(const event_fd& first, const event_fd& second);
  ~readiness();
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;

  /// Asks for `events` of the descriptor, instead of what was asked before. `registered`: whether it was, as far as is
  /// known. Returns an errno; EPERM: the descriptor cannot be waited for, as it is always ready.
  [[nodiscard]] int ask(int fd, std::uint32_t events, bool registered) noexcept;
  void forget(int fd) noexcept;

  /// What is ready: `data.fd` and `events`; valid until the next call. `until`: see driver::enter(). Throws
  /// std::system_error.
  [[nodiscard]] std::span<epoll_event> wait(std::int64_t until);

 private:
  [[nodiscard]] int wait_some(std::int64_t until) noexcept;
  void watch(const event_fd& wake);

  static constexpr int most = 64;

  int epoll_;
  bool precise_ = true; ///< epoll_pwait2(2), Linux 5.11
  epoll_event came_[most]{};
};

} // namespace shardbridge::detail
