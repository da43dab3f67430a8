#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace shardbridge::bench {

/// The least rate of a counter in any stretch of a given length, as far as samples tell.
class least_rate {
 public:
  explicit least_rate(std::chrono::nanoseconds window) noexcept : window_(window) {}

  /// `at` and `count` do not fall.
  void sample(std::chrono::steady_clock::time_point at, std::uint64_t count) {
    samples_.push_back({at, count});
    // The last sample that is a whole window old.
    while (samples_.size() > 1 && at - samples_[1].at >= window_)
      samples_.pop_front();
    const auto length = at - samples_.front().at;
    if (samples_.size() == 1 || length < window_) return;
    const double rate =
        static_cast<double>(count - samples_.front().count) / std::chrono::duration<double>(length).count();
    if (!least_ || rate < *least_) least_ = rate;
  }

  /// A second. Nothing: no stretch was so long.
  const std::optional<double>& get() const noexcept { return least_; }

 private:
  struct counted {
    std::chrono::steady_clock::time_point at;
    std::uint64_t count;
  };

  std::chrono::nanoseconds window_;
  std::deque<counted> samples_;
  std::optional<double> least_;
};

} // namespace shardbridge::bench
