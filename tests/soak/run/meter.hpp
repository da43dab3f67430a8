// Memory and descriptors of this process.
#pragma once

#include "../decisions/growth.hpp"

#include <cstdint>

namespace shardbridge::soak {

/// Bytes.
std::uint64_t resident_memory();
/// All but the seconds.
memory_sample measure();
/// Why memory that grows proves nothing here; empty where it does.
const char* why_growth_is_not_judged();

} // namespace shardbridge::soak
