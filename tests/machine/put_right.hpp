// Goal: what a test changes of the machine is put right whatever becomes of the test, be it killed. Method: a process
// that does nothing but wait for the end of this one, or of the object, and then does it.
//
// Threads: each object one at a time. Made before there are threads that hold locks.
#pragma once

#include <array>
#include <cerrno>
#include <functional>
#include <system_error>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardbridge::tests {

class put_right {
 public:
  /// What is done must not need more than system calls. Throws std::system_error.
  explicit put_right(const std::function<bool()>& undo) {
    if (::pipe2(alive_.data(), O_CLOEXEC) != 0 || ::pipe2(done_.data(), O_CLOEXEC) != 0) fail("pipe2");
    const pid_t between = ::fork();
    if (between < 0) fail("fork");
    if (between == 0) wait_elsewhere(undo);
    ::waitpid(between, nullptr, 0);
    ::close(alive_[0]);
    ::close(done_[1]);
  }
  ~put_right() {
    ::close(alive_[1]);
    char success = 0;
    EXPECT_EQ(::read(done_[0], &success, 1), 1) << "the machine could not be put right";
    ::close(done_[0]);
  }
  put_right(const put_right&) = delete;
  put_right& operator=(const put_right&) = delete;

 private:
  [[noreturn]] static void fail(const char* doing) { throw std::system_error(errno, std::generic_category(), doing); }
  /// Nobody's child, so that who ends the test and all that it has started does not end this.
  [[noreturn]] void wait_elsewhere(const std::function<bool()>& undo) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::close(alive_[1]);
    ::close(done_[0]);
    char nothing = 0;
    while (::read(alive_[0], &nothing, 1) < 0 && errno == EINTR) {
    }
    const bool undone = undo() && ::write(done_[1], "x", 1) == 1;
    ::_exit(undone ? 0 : 1);
  }

  std::array<int, 2> alive_{}, done_{};
};

} // namespace shardbridge::tests
