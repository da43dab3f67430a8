#pragma once

#include <string>

namespace shardbridge::bench {

/// "about 40 s left", "about 3 min left"; rounded, since nobody knows.
std::string time_left_text(double seconds);

/// How long the rest takes where `share` of the whole, in (0, 1], took `elapsed` seconds.
constexpr double rest_of(double share, double elapsed) noexcept {
  return elapsed * (1 - share) / share;
}

} // namespace shardbridge::bench
