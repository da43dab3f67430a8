#pragma once

#include <cstdint>
#include <string>

namespace kv_server {

/// Of one shard, or of several together.
struct store_numbers {
  std::uint64_t keys = 0;
  std::uint64_t segments = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t live_bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t records = 0; ///< committed
  std::uint64_t compacted_segments = 0;
  std::uint64_t compacted_bytes = 0; ///< copied
  std::uint64_t recovered_records = 0;
  std::uint64_t torn_bytes = 0;
  std::uint64_t accepted_damages = 0;
  std::uint64_t read_only = 0;   ///< shards that are
  std::string write_failure{};   ///< the first; empty: none
  std::string compact_failure{}; ///< likewise

  void add(const store_numbers& more) {
    keys += more.keys;
    segments += more.segments;
    log_bytes += more.log_bytes;
    live_bytes += more.live_bytes;
    commits += more.commits;
    records += more.records;
    compacted_segments += more.compacted_segments;
    compacted_bytes += more.compacted_bytes;
    recovered_records += more.recovered_records;
    torn_bytes += more.torn_bytes;
    accepted_damages += more.accepted_damages;
    read_only += more.read_only;
    if (write_failure.empty()) write_failure = more.write_failure;
    if (compact_failure.empty()) compact_failure = more.compact_failure;
  }
};

} // namespace kv_server
