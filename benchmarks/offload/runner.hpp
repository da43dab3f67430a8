#pragma once

#include "../common/target_file.hpp"
#include "../results/result.hpp"
#include "engine_plans.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct run_outcome {
  std::vector<result_row> rows;
  std::uint64_t errors = 0;
  std::uint64_t wrong_blocks = 0;
  std::vector<std::string> messages; ///< The first few about errors and wrong blocks.
};

/// Runs all engines at all depths, depth by depth: a warm-up each, then the rounds interleaved, each round beginning
/// with another engine. Ends early when the user interrupts, with what there is. `remark` gets sentences for the user.
run_outcome run_offload(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
                        const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
