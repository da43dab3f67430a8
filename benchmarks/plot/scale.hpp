#pragma once

#include "picture.hpp"

#include <utility>
#include <vector>

namespace shardbridge::bench {

// Of panels that have marks.

/// What the x axis shows, from and to.
std::pair<double, double> x_range(const panel& what);

/// What the y axis shows: from zero, or on a logarithmic one from below the least. Never empty.
std::pair<double, double> y_range(const panel& what);

/// Round values of a logarithmic axis: 1, 2 and 5 of each power of ten; 1 alone where these are many, and more where
/// they are few.
std::vector<tick> logarithmic_ticks(double least, double most);

} // namespace shardbridge::bench
