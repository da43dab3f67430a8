// The time in a turn that many things may share, which may be too short to look at the clock after each: pure, the
// clock is the caller's.
#pragma once

#include <algorithm>
#include <cstdint>

namespace shardbridge::detail {

class turn_slice {
 public:
  /// Nanoseconds.
  turn_slice(std::int64_t now, std::int64_t length) noexcept : looked_(now), until_(now + length) {}

  /// One more has run. True: the clock is to be looked at, and goes_on() to be asked.
  [[nodiscard]] bool ran() noexcept { return ++unseen_ >= stride_; }
  /// False: the slice is used up.
  [[nodiscard]] bool goes_on(std::int64_t now) noexcept {
    stride_ = now - looked_ < brisk * unseen_ ? std::min(2 * stride_, longest_stride) : 1;
    looked_ = now;
    unseen_ = 0;
    return now < until_;
  }

 private:
  /// What is shorter is not worth a look each.
  static constexpr std::int64_t brisk = 1'000;
  static constexpr std::int64_t longest_stride = 16;

  std::int64_t looked_;
  const std::int64_t until_;
  std::int64_t stride_ = 1;
  std::int64_t unseen_ = 0;
};

} // namespace shardbridge::detail
