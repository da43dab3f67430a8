#pragma once

#include "random.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace shardbridge::bench {

/// How far apart the operations of an open loop fall due.
enum class spacing {
  random, ///< A Poisson process: how many clients look that know nothing of each other.
  even    ///< All alike.
};

/// When the operations of an open loop fall due: so many a second on average, whatever becomes of them.
class arrivals {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  arrivals(time_point begin, time_point end, double per_second, std::uint64_t seed, spacing apart = spacing::random)
      : begin_(begin), end_(end), mean_ns_(1e9 / per_second), apart_(apart), random_(seed) {
    advance();
  }

  /// When the next one is due.
  time_point next() const noexcept { return begin_ + std::chrono::nanoseconds(std::llround(offset_ns_)); }
  /// Whether none is left.
  bool over() const noexcept { return next() >= end_; }
  time_point end() const noexcept { return end_; }

  void advance() noexcept { offset_ns_ += apart_ == spacing::even ? mean_ns_ : random_interval_ns(); }

 private:
  double random_interval_ns() noexcept {
    // Of the 53 bits a double holds; never 0, whose logarithm would be infinite.
    const double uniform = static_cast<double>((random_.next() >> 11) + 1) * 0x1p-53;
    return -std::log(uniform) * mean_ns_;
  }

  time_point begin_;
  time_point end_;
  double mean_ns_;
  double offset_ns_ = 0; // summed up here, since an interval may be less than a nanosecond
  spacing apart_;
  random_source random_;
};

} // namespace shardbridge::bench
