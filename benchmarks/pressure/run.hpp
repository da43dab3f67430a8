#pragma once

#include "pressure_round.hpp"
#include "setting.hpp"

#include <functional>
#include <string>

namespace shardbridge::bench {

/// Tells how far a run is: a share in [0, 1] and what it is doing.
using run_progress = std::function<void(double, const std::string&)>;

/// Runs one engine in this process, from the warm-up to the drain. Ends early when the user interrupts, or when
/// `deserted()` says that nobody waits for the result, and leaves no device stalled. Throws failure.
pressure_round run_pressure(const pressure_setting& what, const run_progress& progress,
                            const std::function<bool()>& deserted);

} // namespace shardbridge::bench
