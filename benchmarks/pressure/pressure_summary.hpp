#pragma once

#include "pressure_result.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// What to call an engine: "refuse", "pool of 16".
std::string label_of(const pressure_setting& what);

/// One row from all rounds of an engine.
pressure_row summarize(const pressure_setting& what, const std::vector<pressure_round>& rounds);

} // namespace shardbridge::bench
