#pragma once

#include "target_file.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace shardbridge::bench {

/// Machine, kernel and build: what a figure means nothing without.
nlohmann::ordered_json describe_environment();
/// The same, and what is worked on.
nlohmann::ordered_json describe_environment(const target_file& file);

/// An entry for people; "?" when there is none.
std::string environment_text(const nlohmann::ordered_json& environment, const char* key);

/// "Linux 6.18, some CPU, 2 cores"
std::string machine_text(const nlohmann::ordered_json& environment);

} // namespace shardbridge::bench
