#pragma once

#include "result.hpp"

#include <ostream>
#include <string>

namespace shardbridge::bench {

/// What was measured where, then a line for each row, case by case.
void print_table(std::ostream& out, const result_set& results);

/// One sentence about what the bridge gains and costs at the greatest depth of the first group of cases; empty when the
/// rows do not say.
std::string conclusion(const result_set& results);

} // namespace shardbridge::bench
