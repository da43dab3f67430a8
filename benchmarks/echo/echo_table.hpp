#pragma once

#include "echo_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What was measured where, then a line for each engine, setting by setting.
void print_table(std::ostream& out, const echo_set& results);

} // namespace shardbridge::bench
