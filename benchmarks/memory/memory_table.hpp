#pragma once

#include "memory_result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// What shards take, what bridges and what is outstanding, and what becomes of it over time.
void print_table(std::ostream& out, const memory_set& results);

} // namespace shardbridge::bench
