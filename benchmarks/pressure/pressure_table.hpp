#pragma once

#include "pressure_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where; a line of rates and memory for each engine; a line of latencies; and what there is to add.
void print_table(std::ostream& out, const pressure_set& results);

/// One sentence: how much memory the engines took while the same was asked of them; empty when the rows do not say.
std::string conclusion(const pressure_set& results);

} // namespace shardbridge::bench
