// How `memory` and the process that it measures talk: one JSON value a line, over the companion's stdin and stdout.
// First a memory_request. The companion answers with a memory_state for each that it comes to, and then {"end": true};
// or {"failure": sentence} instead. A process for each request, since what one leaves would count in the next.
#pragma once

#include "memory_use.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace shardbridge::bench {

inline constexpr const char* memory_companion_name = "shardbridge-bench-memory";

/// What is to be looked at.
struct memory_request {
  /// "shards"; "no-ops", "reads", "calls" or "tasks", which fill a bridge or a shard; or "stretches", one after the
  /// other, of work for long.
  std::string what;
  unsigned ring_entries = 0;
  unsigned shards = 0;
  std::uint64_t count = 0; ///< Of things, or of operations of each kind in a stretch.
  unsigned stretches = 0;
};

/// What the process takes at one moment.
struct memory_state {
  std::string name;
  memory_use use;
};

void to_json(nlohmann::ordered_json& to, const memory_use& from);
void from_json(const nlohmann::ordered_json& from, memory_use& to);
void to_json(nlohmann::ordered_json& to, const memory_request& from);
void from_json(const nlohmann::ordered_json& from, memory_request& to);

} // namespace shardbridge::bench
