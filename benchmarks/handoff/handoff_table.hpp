#pragma once

#include "handoff_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where; a line for each row, setting by setting; and the same lines once more with the legs.
void print_table(std::ostream& out, const handoff_set& results);

} // namespace shardbridge::bench
