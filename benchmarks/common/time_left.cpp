#include "time_left.hpp"

#include "format.hpp"

#include <cmath>

namespace shardbridge::bench {

std::string time_left_text(double seconds) {
  if (seconds >= 90) return format("about %.0f min left", seconds / 60);
  if (seconds >= 20) return format("about %.0f s left", std::round(seconds / 10) * 10);
  return format("about %.0f s left", std::ceil(seconds));
}

} // namespace shardbridge::bench
