#pragma once

#include "../results/result.hpp"
#include "engine.hpp"
#include "options.hpp"

#include <vector>

namespace shardbridge::bench {

/// One row from all rounds of an engine at a depth.
result_row summarize(const offload_options& options, const engine_plan& plan, unsigned depth,
                     const std::vector<round_result>& rounds);

} // namespace shardbridge::bench
