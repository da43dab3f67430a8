#pragma once

#include <cstdint>
#include <string>

namespace shardbridge::bench {

/// Leaves so many percent of a file's stretches of 1 MiB in the page cache, spread over the file, and nothing else of
/// it. Throws run_failure.
void cache_share(const std::string& path, std::uint64_t size, unsigned percent);

} // namespace shardbridge::bench
