#pragma once

#include "options.hpp"

namespace shardbridge::bench {

/// Does what a command that measures operations on a file was asked to: runs it, prints the table and writes the JSON.
/// Returns the exit code. Throws failure.
int run_measurement(const offload_texts& texts);

} // namespace shardbridge::bench
