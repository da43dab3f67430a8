#pragma once

#include "../results/result.hpp"

#include <string>

namespace shardbridge::bench {

/// Draws IOPS, CPU per operation and p99 by depth as a PNG, with gnuplot. Throws bad_input or run_failure.
void plot_results(const result_set& results, const std::string& png);

} // namespace shardbridge::bench
