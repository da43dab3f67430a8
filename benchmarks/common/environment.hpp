#pragma once

#include <nlohmann/json.hpp>

namespace shardbridge::bench {

/// Machine, kernel and build: what a figure means nothing without.
nlohmann::ordered_json describe_environment();

} // namespace shardbridge::bench
