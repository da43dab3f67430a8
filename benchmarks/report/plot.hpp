#pragma once

#include "../results/result.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// Draws IOPS, CPU per operation and p99 by depth as a PNG, with gnuplot; where there are several groups of cases, one
/// for each, with its number in the name. Returns the names. Throws bad_input or run_failure.
std::vector<std::string> plot_results(const result_set& results, const std::string& png);

} // namespace shardbridge::bench
