// Reading what commands wrote, for pictures alone: fields that are not needed may be missing, and others may be there.
#pragma once

#include "../common/statistics.hpp"
#include "load_pictures.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace shardbridge::bench {

using results_json = nlohmann::ordered_json;

/// Throws nlohmann::json::exception, as the others do.
spread spread_at(const results_json& from, const char* name);

/// "pool of 16"
std::string label_of(const results_json& row);

/// Those of the names "p50_us", "p99_us" and "p999_us" that are there, behind a prefix.
std::vector<percentile> percentiles_of(const results_json& from, const std::string& prefix = "");

/// Of the histogram `latency`, from the median to the rarest that it tells of.
std::vector<percentile> percentiles_of_histogram(const results_json& row);

/// What a mark of a picture stands for.
enum class mark_meaning { medians_and_whiskers, medians, all_rounds };

/// What was measured, then where, and what a mark is.
std::vector<std::string> headline_of(const results_json& results, const std::string& what,
                                     mark_meaning meaning = mark_meaning::medians_and_whiskers);

/// Whether rows differ in a field.
bool differs(const results_json& results, const char* name);

} // namespace shardbridge::bench
