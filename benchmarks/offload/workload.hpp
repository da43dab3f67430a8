#pragma once

#include "../common/arrivals.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shardbridge::bench {

enum class rw_mode { randread, randwrite, read, write, mixed };

constexpr std::string_view to_string(rw_mode mode) noexcept {
  switch (mode) {
  case rw_mode::randread:
    return "randread";
  case rw_mode::randwrite:
    return "randwrite";
  case rw_mode::read:
    return "read";
  case rw_mode::write:
    return "write";
  case rw_mode::mixed:
    return "mixed";
  }
  return "?";
}

/// Throws bad_input.
rw_mode parse_rw_mode(std::string_view option, std::string_view text);

constexpr bool writes(rw_mode mode) noexcept {
  return mode != rw_mode::randread && mode != rw_mode::read;
}
constexpr bool sequential(rw_mode mode) noexcept {
  return mode == rw_mode::read || mode == rw_mode::write;
}

/// What every engine is asked to do, and how: one line of the measurement's table but for the engine.
struct workload {
  std::string path;
  std::uint64_t size = 0; ///< A multiple of `block`.
  std::uint64_t block = 4096;
  unsigned depth = 1;
  rw_mode rw = rw_mode::randread;
  bool own_parts = false; ///< A sequential client goes through a part of the file alone; else all share one place.
  bool direct = true;
  bool verify = false;
  std::uint64_t seed = 1;
  unsigned client_threads = 1;
  std::optional<unsigned> cached_percent; ///< Of the file in the page cache when a round begins.

  double rate = 0; ///< Operations a second that fall due, over all clients; 0: each begins its next when it can.
  spacing apart = spacing::random;
  std::uint64_t rate_seed = 1; ///< The same for all engines, so that all have the same due times.

  unsigned shards = 1;
  std::optional<std::chrono::nanoseconds> timeout;
  bool linked_timeouts = false;
  unsigned cancel_percent = 0;

  bool open_loop() const noexcept { return rate > 0; }
  std::uint64_t blocks() const noexcept { return size / block; }
  /// Whether operations on one block must be kept apart, because a read could see half of a write.
  bool needs_ledger() const noexcept { return verify && writes(rw); }
};

} // namespace shardbridge::bench
