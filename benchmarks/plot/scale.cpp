#include "scale.hpp"

#include "../common/format.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shardbridge::bench {
namespace {

/// Calls `visit(mark)` for each.
template <class Visit>
void for_each_mark(const panel& what, Visit visit) {
  for (const series& one : what.all)
    for (const mark& each : one.marks)
      visit(each);
}

} // namespace

std::pair<double, double> x_range(const panel& what) {
  if (!what.places.empty()) return {-0.6, static_cast<double>(what.places.size()) - 0.4};
  if (what.x_from < what.x_to) return {what.x_from, what.x_to};
  double from = std::numeric_limits<double>::max();
  double to = std::numeric_limits<double>::lowest();
  for_each_mark(what, [&](const mark& each) {
    from = std::min(from, each.x);
    to = std::max(to, each.x);
  });
  for (const tick& each : what.x_ticks) {
    from = std::min(from, each.first);
    to = std::max(to, each.first);
  }
  return {from, to > from ? to : from + 1};
}

std::pair<double, double> y_range(const panel& what) {
  double least = std::numeric_limits<double>::max();
  double most = 0;
  for_each_mark(what, [&](const mark& each) {
    least = std::min(least, each.low);
    most = std::max(most, each.high);
  });
  for (const tick& each : what.y_ticks)
    most = std::max(most, each.first);
  if (what.logarithmic) return {least / 1.4, most * 1.4};
  return {0, most > 0 ? most * 1.05 : 1};
}

std::vector<tick> logarithmic_ticks(double least, double most) {
  const double span = most / least;
  const std::vector<double> steps = span > 2000 ? std::vector<double>{1}
                                    : span > 10 ? std::vector<double>{1, 2, 5}
                                                : std::vector<double>{1, 1.5, 2, 3, 4, 5, 6, 8};
  std::vector<tick> ticks;
  for (double power = std::pow(10, std::floor(std::log10(least))); power <= most; power *= 10)
    for (const double step : steps)
      if (const double value = power * step; value >= least && value <= most)
        ticks.emplace_back(value, format("%.10g", value));
  return ticks;
}

} // namespace shardbridge::bench
