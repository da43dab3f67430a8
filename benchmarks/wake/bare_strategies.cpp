#include "strategies.hpp"

#include "../common/failure.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shardbridge::bench {
namespace {

/// The limit awake: nothing but a cache line that goes from core to core.
class spinner {
 public:
  void wake(spinner& peer) noexcept { peer.called_.store(true, std::memory_order_release); }

  void sleep() noexcept {
    while (!called_.load(std::memory_order_acquire))
      relax(); // or the loads get in the way of the store they wait for
    called_.store(false, std::memory_order_relaxed);
  }

 private:
  alignas(64) std::atomic<bool> called_{false};
};

/// The limit asleep: what every lock and condition variable is made of.
class futex_sleeper {
 public:
  void wake(futex_sleeper& peer) {
    peer.called_.store(1, std::memory_order_release);
    if (futex(peer.called_, FUTEX_WAKE_PRIVATE, 1) < 0) throw run_failure("cannot wake a futex: " + errno_text());
  }

  void sleep() {
    // EAGAIN: the wake came between the look and the call.
    while (called_.load(std::memory_order_acquire) == 0)
      if (futex(called_, FUTEX_WAIT_PRIVATE, 0) < 0 && errno != EAGAIN && errno != EINTR)
        throw run_failure("cannot wait on a futex: " + errno_text());
    called_.store(0, std::memory_order_relaxed);
  }

 private:
  using word = std::atomic<std::uint32_t>;
  static_assert(sizeof(word) == 4 && word::is_always_lock_free, "the kernel reads it");

  static long futex(word& at, int operation, std::uint32_t value) noexcept {
    return ::syscall(SYS_futex, &at, operation, value, nullptr, nullptr, 0);
  }

  alignas(64) word called_{0};
};

} // namespace

strategy spin_strategy() {
  return {.name = "spin",
          .summary = "both threads spin on an atomic: the limit awake",
          .sleeping = nullptr,
          .awake = play_plain<spinner>,
          .needs_two_cores = true};
}

strategy futex_strategy() {
  return {.name = "futex",
          .summary = "FUTEX_WAIT and FUTEX_WAKE, private to the process",
          .sleeping = play_plain<futex_sleeper>,
          .awake = play_looking<futex_sleeper>,
          .needs_two_cores = false};
}

} // namespace shardbridge::bench
