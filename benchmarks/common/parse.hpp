#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardbridge::bench {

// Each takes the name of the option for its sentence and throws bad_input.

/// A whole number in [least, most].
std::uint64_t parse_count(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most);

/// A number of bytes with an optional suffix K, M, G or T (powers of 1024; "KiB" and "KB" mean the same).
std::uint64_t parse_size(std::string_view option, std::string_view text);

/// A duration with its unit: ns, us, ms, s or m. More than zero.
std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text);

/// A number of seconds, fractions allowed, with or without a unit. More than zero, at most a day.
double parse_seconds(std::string_view option, std::string_view text);

/// The parts between commas; an empty part is refused.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

/// Whole numbers in [1, most] between commas, each once, in the order given.
std::vector<unsigned> parse_counts(std::string_view option, std::string_view text, unsigned most);

/// Sizes between commas, each once, in the order given.
std::vector<std::uint64_t> parse_sizes(std::string_view option, std::string_view text);

/// 536870912 -> "512 MiB".
std::string size_text(std::uint64_t bytes);

} // namespace shardbridge::bench
