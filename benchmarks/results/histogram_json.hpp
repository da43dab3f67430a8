#pragma once

#include <shardbridge/latency_histogram.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>

namespace shardbridge::bench {

/// The longest time that is counted in a bucket; of the last bucket, the longest that is not cut short.
std::chrono::nanoseconds last_of_bucket(std::size_t bucket);

/// The buckets that are not empty, ascending, as [the longest time in nanoseconds, how many].
nlohmann::ordered_json histogram_json(const latency_histogram& from);

/// What histogram_json() made. Throws nlohmann::json::exception for anything else.
latency_histogram histogram_from(const nlohmann::ordered_json& from);

} // namespace shardbridge::bench
