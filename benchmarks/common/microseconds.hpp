#pragma once

#include <chrono>

namespace shardbridge::bench {

/// What figures are given in.
constexpr double microseconds(std::chrono::nanoseconds time) noexcept {
  return std::chrono::duration<double, std::micro>(time).count();
}

} // namespace shardbridge::bench
