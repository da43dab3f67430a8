#pragma once

#include "fairness_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where, then the kinds of each subset, a line each.
void print_table(std::ostream& out, const fairness_set& results);

} // namespace shardbridge::bench
