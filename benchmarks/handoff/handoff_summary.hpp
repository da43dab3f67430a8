#pragma once

#include "handoff_result.hpp"
#include "round.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// One row from all rounds of an engine in a setting; `seconds` as asked for.
handoff_row summarize(const std::string& engine, const handoff_setting& what, double seconds,
                      const std::vector<handoff_round>& rounds);

} // namespace shardbridge::bench
