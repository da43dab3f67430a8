#pragma once

#include <cstddef>
#include <utility>

namespace http_file_server {

/// How a server ends: on the first signal no more connections are accepted and the workers drain; those that are not
/// done when the grace is over, or at a second signal, are hung up on; the end is when all workers have drained.
class stop_sequence {
 public:
  enum class event { signal, drained /* one worker */, grace_over };
  enum class action { none, drain, hang_up, end };

  explicit stop_sequence(std::size_t workers) noexcept : not_drained_(workers) {}

  [[nodiscard]] bool ended() const noexcept { return not_drained_ == 0; }

  /// What is to be done now. Each but none comes at most once.
  [[nodiscard]] action on(event what) noexcept {
    if (ended()) return action::none;
    switch (what) {
    case event::signal:
      if (!std::exchange(draining_, true)) return action::drain;
      [[fallthrough]];
    case event::grace_over:
      return std::exchange(hung_up_, true) ? action::none : action::hang_up;
    case event::drained:
      break;
    }
    return --not_drained_ == 0 ? action::end : action::none;
  }

 private:
  std::size_t not_drained_;
  bool draining_ = false;
  bool hung_up_ = false;
};

} // namespace http_file_server
