#pragma once

#include "sync_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where, then a line for each row, depth by depth.
void print_table(std::ostream& out, const sync_set& results);

} // namespace shardbridge::bench
