#pragma once

#include "pressure_result.hpp"

#include <string>

namespace shardbridge::bench {

/// What can be known before the run: whether there is a folder to draw into, and something to draw with. Throws
/// bad_input or run_failure.
void check_plot_folder(const std::string& folder);

/// Draws memory, queue, latency and level over the time of each engine's first round, with gnuplot; returns the path of
/// the PNG in `folder`. Throws bad_input or run_failure.
std::string plot_pressure(const pressure_set& results, const std::string& folder);

} // namespace shardbridge::bench
