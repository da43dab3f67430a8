#pragma once

#include "memory_result.hpp"
#include "options.hpp"

namespace shardbridge::bench {

/// All but the environment. Throws run_failure.
memory_set run_memory(const memory_options& options);

} // namespace shardbridge::bench
