#pragma once

#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// The bytes of this process that are in memory. Throws run_failure.
std::uint64_t resident_memory();

/// What a line of /proc/<pid>/statm says about it; its second number counts pages. Throws run_failure.
std::uint64_t resident_from_statm(const std::string& line, std::uint64_t page_size);

} // namespace shardbridge::bench
