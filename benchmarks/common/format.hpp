#pragma once

#include <string>

namespace shardbridge::bench {

/// What printf would print.
[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

/// Three digits that mean something: "0.14", "46.3", "1280".
std::string three_digits(double value);

/// "1 shard", "2 shards"
std::string count_text(unsigned count, const std::string& what);

/// "5 rounds of 0.5 s"
std::string rounds_text(unsigned rounds, double seconds);

} // namespace shardbridge::bench
