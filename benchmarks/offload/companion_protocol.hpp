#pragma once

// How the main program and the one with Boost's file objects talk: one JSON value a line, over the companion's stdin
// and stdout. First a workload; the companion answers {"ready": true}. Then {"seconds": s} for each round, answered
// with a round_result. {"failure": sentence} may come instead of any answer. The end of stdin ends the companion.

#include "workload.hpp"

#include <nlohmann/json.hpp>

namespace shardbridge::bench {

inline constexpr const char* companion_name = "shardbridge-bench-asio-file";

/// The part of a workload that means something to the companion.
struct companion_setup {
  workload what;
  bool shared_object = false;
  int ledger_descriptor = -1;
};

void to_json(nlohmann::json& to, const companion_setup& from);
void from_json(const nlohmann::json& from, companion_setup& to);

} // namespace shardbridge::bench
