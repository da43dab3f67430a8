#pragma once

#include <chrono>
#include <cstdint>

namespace shardbridge::detail {

/// Nanoseconds of the steady clock.
inline std::int64_t steady_now() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

} // namespace shardbridge::detail
