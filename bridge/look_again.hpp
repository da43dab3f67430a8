#pragma once

#include <bridge/clock.hpp>

#include <cstdint>

namespace shardbridge::detail {

/// Tells the core that it is waiting in a loop.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

/// Asks `came` again and again until it says so or the steady clock has passed `until`. Returns what it said last.
template <class Came>
bool look_again(std::int64_t until, Came came) {
  constexpr int looks_a_clock = 8; // so that the clock costs little beside the looks
  do {
    for (int each = 0; each < looks_a_clock; ++each) {
      if (came()) return true;
      relax();
    }
  } while (steady_now() < until);
  return false;
}

} // namespace shardbridge::detail
