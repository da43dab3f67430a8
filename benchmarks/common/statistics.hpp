#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace shardbridge::bench {

/// What several rounds said about one quantity.
struct spread {
  double min = 0;
  double median = 0;
  double max = 0;

  /// Half the distance between the extremes, as a share of the median.
  double relative() const noexcept { return median > 0 ? (max - min) / 2 / median : 0; }
};

/// All zero when there are no samples; the median of an even number is the mean of the middle two.
inline spread spread_of(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::ranges::sort(samples);
  const auto middle = samples.size() / 2;
  const double median = samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
  return {samples.front(), median, samples.back()};
}

/// Of what `value` says about each round.
template <class Rounds, class Value>
spread spread_over(const Rounds& rounds, Value value) {
  std::vector<double> samples;
  for (const auto& round : rounds)
    samples.push_back(value(round));
  return spread_of(std::move(samples));
}

} // namespace shardbridge::bench
