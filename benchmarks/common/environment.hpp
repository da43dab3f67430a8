#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace shardbridge::bench {

/// Machine, kernel and build: what a figure means nothing without.
nlohmann::ordered_json describe_environment();

/// An entry for people; "?" when there is none.
std::string environment_text(const nlohmann::ordered_json& environment, const char* key);

/// "Linux 6.18, some CPU, 2 cores"
std::string machine_text(const nlohmann::ordered_json& environment);

} // namespace shardbridge::bench
