#include "ratio.hpp"

#include "format.hpp"

#include <algorithm>

namespace shardbridge::bench {

std::optional<ratio_of_medians> ratio_of(const spread& mine, const spread& other) {
  constexpr double always_tolerated = 0.25;
  if (mine.median <= 0 || other.median <= 0) return std::nullopt;
  const double value = mine.median / other.median;
  const double uncertainty = mine.relative() + other.relative();
  const double distance = 1 - std::min(value, 1 / value);
  return ratio_of_medians{
      .value = value, .uncertainty = uncertainty, .known = uncertainty <= always_tolerated || uncertainty <= distance};
}

std::string ratio_text(const spread& mine, const spread& other) {
  const auto ratio = ratio_of(mine, other);
  if (!ratio) return "-";
  return ratio->known ? format("%.2f", ratio->value) : "~";
}

} // namespace shardbridge::bench
