#include "interrupt.hpp"

#include "failure.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace shardbridge::bench {
namespace {

std::atomic<bool> asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "it is set by a signal handler");

extern "C" void on_signal(int) {
  if (asked.exchange(true, std::memory_order_relaxed)) ::_exit(static_cast<int>(exit_code::interrupted));
}

sigset_t ending_signals() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

void install_interrupt_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  // No SA_RESTART: a blocking call of the main thread should come back with EINTR.
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() noexcept {
  return asked.load(std::memory_order_relaxed);
}

signals_blocked::signals_blocked() {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

signals_blocked::~signals_blocked() {
  unblock_ending_signals();
}

void unblock_ending_signals() noexcept {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

} // namespace shardbridge::bench
