#pragma once

#include "engine.hpp"
#include "options.hpp"

#include <vector>

namespace shardbridge::bench {

/// One plan for each name, with a pool of each size and both uses of Asio's file object. Throws bad_input for a name
/// that is none.
std::vector<engine_plan> plan_engines(const offload_options& options);

} // namespace shardbridge::bench
