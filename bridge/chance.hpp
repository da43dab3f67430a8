// Whether this one is picked, when one in so many is to be.
//
// At random, for two reasons. Programs repeat themselves: every 64th operation of a client that reads and writes in
// turn is always a write. And a random number knows nothing of who asked before, so that one generator a thread serves
// any number of owners with rates of their own, while a count-down would let the rare of one owner hide the frequent
// of another.
#pragma once

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

/// Threads: any.
class chance {
 public:
  /// 0: none, 1: all.
  explicit chance(std::uint32_t one_in) noexcept : any_(one_in != 0), limit_(any_ ? UINT64_MAX / one_in : 0) {}

  /// One multiplication and an addition; neither an atomic nor a division.
  [[nodiscard]] bool comes() const noexcept { return any_ && draw() <= limit_; }

 private:
  /// Knuth's linear congruential generator (MMIX). Its low bits are poor, but a comparison hardly looks at them.
  static std::uint64_t draw() noexcept {
    static thread_local std::uint64_t state = seed();
    return state = state * 6364136223846793005U + 1442695040888963407U;
  }
  /// Another one for each thread, far from the last, and the same ones in each run.
  static std::uint64_t seed() noexcept {
    // Relaxed: only that no two are the same matters.
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(0x9e3779b97f4a7c15U, std::memory_order_relaxed);
  }

  bool any_;
  std::uint64_t limit_;
};

} // namespace shardbridge::detail
