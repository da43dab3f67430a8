// Goal: a process whose system calls are interrupted all the time. Method: a thread that sends a signal thousands of
// times a second to the process and to each of its threads by itself, and a timer that does; its handler is installed
// without SA_RESTART, so that what the kernel does not restart ends with EINTR.
//
// One at a time. Threads that are there when it ends have no signal of it pending.
#pragma once

#include "prelude.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stop_token>

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace shardbridge::tests {

class signal_storm {
 public:
  signal_storm() {
    handled_ = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { handled_.fetch_add(1, std::memory_order_relaxed); };
    EXPECT_EQ(::sigaction(number, &action, &before_), 0);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = number;
    EXPECT_EQ(::timer_create(CLOCK_MONOTONIC, &event, &timer_), 0);
    const itimerspec often{{0, 200'000}, {0, 200'000}};
    EXPECT_EQ(::timer_settime(timer_, 0, &often, nullptr), 0);
    sender_ = std::jthread([](const std::stop_token& over) { send(over); });
  }
  ~signal_storm() {
    sender_.request_stop();
    sender_.join();
    ::timer_delete(timer_);
    // To ignore a signal takes it from all for whom it is pending.
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(number, &ignored, nullptr);
    ::sigaction(number, &before_, nullptr);
  }
  signal_storm(const signal_storm&) = delete;
  signal_storm& operator=(const signal_storm&) = delete;

  /// How often the handler has run, on whatever thread.
  [[nodiscard]] static std::uint64_t handled() { return handled_.load(std::memory_order_relaxed); }

 private:
  static constexpr int number = SIGUSR1;

  static void send(const std::stop_token& over) {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr); // it is the others that are to be interrupted
    const pid_t self = ::getpid();
    const auto own = static_cast<pid_t>(::syscall(SYS_gettid));
    std::vector<pid_t> threads;
    for (unsigned round = 0; !over.stop_requested(); ++round) {
      // Threads come and go, those of a ring's in the kernel too.
      if (round % 64 == 0) threads = others(own);
      for (const pid_t each : threads)
        ::syscall(SYS_tgkill, self, each, number);
      ::kill(self, number);
      std::this_thread::sleep_for(50us);
    }
  }
  static std::vector<pid_t> others(pid_t own) {
    std::vector<pid_t> out;
    std::error_code ignored;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/task", ignored))
      if (const pid_t id = std::atoi(each.path().filename().c_str()); id != own) out.push_back(id);
    return out;
  }

  static inline std::atomic<std::uint64_t> handled_ = 0;

  struct sigaction before_ {};
  timer_t timer_{};
  std::jthread sender_;
};

} // namespace shardbridge::tests
