// Whether it pays to look for a file's data in the page cache before asking a shard: a moving average of how often it
// was there.
//
// Threads: any. What two of them learn at once may count once: it is a guess.
#pragma once

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

class hit_rate {
 public:
  /// One in so many is tried though it does not seem to pay.
  static constexpr std::uint32_t look_again = 32;

  /// A look costs about half a microsecond, and a hit saves two changes of threads: it pays from one hit in four on.
  [[nodiscard]] bool worth_a_look() noexcept {
    if (rate_.load(std::memory_order_relaxed) >= certain / 4) return true;
    const std::uint32_t passed = passed_.load(std::memory_order_relaxed) + 1;
    passed_.store(passed, std::memory_order_relaxed);
    return passed % look_again == 0;
  }

  void hit() noexcept {
    const std::uint32_t now = rate_.load(std::memory_order_relaxed);
    rate_.store(now + (certain - now) / weight, std::memory_order_relaxed);
  }
  void missed() noexcept {
    const std::uint32_t now = rate_.load(std::memory_order_relaxed);
    rate_.store(now - now / weight, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t certain = 1U << 20U;
  static constexpr std::uint32_t weight = 16;

  std::atomic<std::uint32_t> rate_{certain};
  std::atomic<std::uint32_t> passed_{0};
};

} // namespace shardbridge::detail
