#pragma once

#include "result.hpp"

#include <ostream>

namespace shardbridge::bench {

/// Where rows differ in shards or client threads: for each engine, block size and depth how many times the IOPS of its
/// first case the others make. Nothing where they do not differ.
void print_scaling(std::ostream& out, const std::vector<result_row>& rows);

} // namespace shardbridge::bench
