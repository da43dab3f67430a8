#pragma once

#include "options.hpp"

#include <string>

namespace shardbridge::bench {

/// Does what a `command` that measures operations on a file was asked to: runs it, prints the table, writes the JSON
/// and draws it. Returns the exit code. Throws failure.
int run_measurement(const std::string& command, const offload_texts& texts);

} // namespace shardbridge::bench
