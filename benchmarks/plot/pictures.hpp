#pragma once

#include "picture.hpp"
#include "results_json.hpp"

#include <vector>

namespace shardbridge::bench {

/// What people would rather look at than read of what a command wrote with --json; the same at once and later. Empty
/// where nothing was measured. Throws bad_input for what no command that measures has written.
std::vector<picture> pictures_of(const results_json& results);

/// The command that wrote it: what the environment says, or in what an older program wrote what the rows look like;
/// empty if unknown.
std::string command_of(const results_json& results);

// Of one command each; there is a row at least.

std::vector<picture> offload_pictures(const results_json& results); ///< Of its presets too.
std::vector<picture> sync_pictures(const results_json& results);
std::vector<picture> handoff_pictures(const results_json& results);
std::vector<picture> echo_pictures(const results_json& results);
std::vector<picture> wake_pictures(const results_json& results);
std::vector<picture> fairness_pictures(const results_json& results);
std::vector<picture> pressure_pictures(const results_json& results);
std::vector<picture> memory_pictures(const results_json& results);

} // namespace shardbridge::bench
