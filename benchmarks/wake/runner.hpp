#pragma once

#include "options.hpp"
#include "wake_result.hpp"

#include <array>
#include <optional>
#include <vector>

namespace shardbridge::bench {

/// Where the caller and the answerer run; nothing where too few CPUs may be used.
std::optional<std::array<int, 2>> cpus_for(wake_core core, const std::vector<int>& usable);

/// Runs all cells of the matrix, the rounds interleaved, each round beginning with another cell, so that whatever else
/// the machine does meets all of them alike. Ends early when the user interrupts, with what there is.
std::vector<wake_row> run_wake(const wake_options& options);

} // namespace shardbridge::bench
