#pragma once

#include "../common/incidents.hpp"
#include "../common/target_file.hpp"
#include "../results/result.hpp"
#include "engine_plans.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct run_outcome {
  std::vector<result_row> rows;
  incidents went_wrong;
};

/// Runs all engines in all cases, case by case. `remark` gets sentences for the user.
run_outcome run_offload(const offload_options& options, const std::vector<engine_plan>& plans, const target_file& file,
                        const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
