#pragma once

#include "../results/result.hpp"
#include "engine.hpp"
#include "options.hpp"

#include <vector>

namespace shardbridge::bench {

/// One row from all rounds of an engine in a case.
result_row summarize(const offload_options& options, const engine_plan& plan, const load_case& setting,
                     const std::vector<round_result>& rounds);

} // namespace shardbridge::bench
