// Looking for a while before sleeping, as both sides of a bridge do.
//
//             sleep(), in vain               wake()
//     awake ------------------> asleep ------------------> called     one wake owed
//       |  ^                                                |  ^
//       |  +------------------------------------------------+  |
//       |                        sleep()                       |
//       +------------------------------------------------------+
//                                wake()                               none owed
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace shardbridge::bench {

/// Tells the core that it is waiting in a loop.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

/// Asks `came` again and again until it says so or patience is at an end; returns what it said last.
template <class Came>
bool look_for(std::chrono::nanoseconds patience, Came came) {
  constexpr int looks_a_clock = 8; // so that the clock costs little beside the looks
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (int i = 0; i != looks_a_clock; ++i) {
      if (came()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

/// A Sleeper that looks before it sleeps in another one, and that is not woken when it does not sleep.
template <class Sleeper>
class look_again {
 public:
  explicit look_again(std::chrono::nanoseconds patience) : patience_(patience) {}

  void wake(look_again& peer) {
    // acq_rel: pairs with sleep(); the peer sees what was done before, and who finds it asleep may use its inner
    // sleeper.
    if (peer.word_.exchange(word::called, std::memory_order_acq_rel) == word::asleep) inner_.wake(peer.inner_);
  }

  void sleep() {
    auto expected = word::awake;
    if (!look_for(patience_, [&] { return word_.load(std::memory_order_acquire) == word::called; }) &&
        word_.compare_exchange_strong(expected, word::asleep, std::memory_order_acq_rel, std::memory_order_acquire))
      inner_.sleep();
    // relaxed: the next wake() answers one of this thread, and comes after it.
    word_.store(word::awake, std::memory_order_relaxed);
  }

 private:
  enum class word : std::uint32_t { awake, asleep, called };

  alignas(64) std::atomic<word> word_{word::awake};
  std::chrono::nanoseconds patience_;
  Sleeper inner_;
};

} // namespace shardbridge::bench
