#pragma once

#include <bridge/clock.hpp>

#include <cstdint>
#include <optional>

namespace shardbridge::detail {

/// Tells the core that it is waiting in a loop.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

/// Asks `came` again and again until it says so or the clock has passed `until`. Returns about how long that took since
/// `began`, in nanoseconds, or nothing if it did not come.
template <class Came, class Clock = std::int64_t (*)() noexcept>
std::optional<std::int64_t> look_again(std::int64_t began, std::int64_t until, Came came, Clock clock = &steady_now) {
  constexpr int looks_a_clock = 8; // so that the clock costs little beside the looks
  std::int64_t now = began;
  do {
    for (int each = 0; each < looks_a_clock; ++each) {
      if (came()) return now - began;
      relax();
    }
    now = clock();
  } while (now < until);
  return std::nullopt;
}

} // namespace shardbridge::detail
