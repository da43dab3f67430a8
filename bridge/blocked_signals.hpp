#pragma once

#include <pthread.h>
#include <signal.h>

namespace shardbridge::detail {

/// Signals are for the application's threads: while they are blocked, a thread that is started inherits the block.
class blocked_signals {
 public:
  blocked_signals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  blocked_signals(const blocked_signals&) = delete;
  blocked_signals& operator=(const blocked_signals&) = delete;

 private:
  sigset_t before_{};
};

} // namespace shardbridge::detail
