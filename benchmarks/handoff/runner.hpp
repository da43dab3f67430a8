#pragma once

#include "../common/incidents.hpp"
#include "engine_plans.hpp"
#include "handoff_result.hpp"
#include "options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

struct handoff_outcome {
  std::vector<handoff_row> rows;
  incidents went_wrong;
};

/// Runs all engines in all settings, setting by setting. `remark` gets sentences for the user.
handoff_outcome run_handoff(const handoff_options& options, const std::vector<handoff_plan>& plans,
                            const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
