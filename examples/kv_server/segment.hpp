#pragma once

#include "files.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace kv_server {

/// One file of the log. Whoever reads it keeps it; it may have lost its name by then.
///
/// Threads: its shard's.
struct segment : std::enable_shared_from_this<segment> {
  std::uint64_t number = 0;
  log_file file{};
  std::uint64_t end = 0;          ///< of what is durable in it
  std::uint64_t live_bytes = 0;   ///< of records that the index refers to
  std::uint64_t live_records = 0; ///< likewise
  bool damaged = false;           ///< something in it was given up
};

/// Those of a log, oldest first; the last one is written.
using segments = std::deque<std::shared_ptr<segment>>;

/// How much of a log is what.
struct segment_sums {
  std::uint64_t bytes = 0;         ///< of all
  std::uint64_t live_bytes = 0;    ///< of them
  std::uint64_t sealed_bytes = 0;  ///< of those that are not written any more
  std::uint64_t garbage_bytes = 0; ///< of these
};

[[nodiscard]] inline segment_sums sum_of(const segments& all) noexcept {
  segment_sums out;
  for (const auto& each : all) {
    out.bytes += each->end;
    out.live_bytes += each->live_bytes;
    if (each == all.back()) continue;
    out.sealed_bytes += each->end;
    out.garbage_bytes += each->end - each->live_bytes;
  }
  return out;
}

/// Whether the oldest segment is to be compacted: with nothing live in it, or something given up, always; else when
/// garbage is more than `ratio` of all that is not written any more.
[[nodiscard]] inline bool wants_compaction(const segments& all, double ratio) noexcept {
  if (all.size() < 2) return false;
  for (const auto& each : all)
    if (each->damaged && each != all.back()) return true;
  if (all.front()->live_records == 0) return true;
  const segment_sums sums = sum_of(all);
  return static_cast<double>(sums.garbage_bytes) > ratio * static_cast<double>(sums.sealed_bytes);
}

} // namespace kv_server
