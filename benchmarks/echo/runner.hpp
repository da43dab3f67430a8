#pragma once

#include "echo_result.hpp"
#include "options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// Measures all plans in all settings, interleaved. `remark` gets sentences for the user. Throws run_failure, and what
/// is thrown where an engine that the user has named does not work here.
std::vector<echo_row> run_echo(const echo_options& options, const std::vector<echo_plan>& plans,
                               const std::function<void(const std::string&)>& remark);

} // namespace shardbridge::bench
