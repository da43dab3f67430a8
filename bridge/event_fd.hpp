#pragma once

namespace shardbridge::detail {

/// A non-blocking, close-on-exec eventfd(2).
class event_fd {
 public:
  event_fd(); ///< throws std::system_error
  ~event_fd();
  event_fd(const event_fd&) = delete;
  event_fd& operator=(const event_fd&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }

  /// Makes it readable, and wakes who waits for that, whatever its counter says. Any thread.
  void signal() noexcept;
  /// Resets the counter. Any thread.
  void drain() noexcept;

 private:
  int fd_;
};

} // namespace shardbridge::detail
