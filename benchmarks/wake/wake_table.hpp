#pragma once

#include "wake_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where, then a line for each cell, block by block: strategies side by side in one state.
void print_table(std::ostream& out, const wake_set& results);

} // namespace shardbridge::bench
