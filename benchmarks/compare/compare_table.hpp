#pragma once

#include "comparison.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What differs between the machines or programs, a line for each quantity that has changed beyond the noise, or with
/// `all` for each, and a summary.
void print_comparison(std::ostream& out, const comparison& what, bool all);

} // namespace shardbridge::bench
