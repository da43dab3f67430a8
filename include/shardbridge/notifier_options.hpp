#pragma once

#include <shardbridge/options.hpp>
#include <shardbridge/pressure_level.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace shardbridge {

/// Options of a notifier. Nonsense throws `std::invalid_argument` naming the option.
struct notifier_options {
  /// Functions accepted at once, from room to the end of their call. 1 to 2^21 - 1. Raising it lets the executor fall
  /// further behind before the shards wait for it.
  std::size_t capacity = 1024;
  /// Posts that may wait for room, of all shards together. 0: none waits, each is refused when there is no room.
  std::size_t max_waiters = 65536;
  /// In percent of `capacity`.
  shardbridge::watermarks watermarks{};
};

/// A snapshot of one notifier's counters since its start.
struct notifier_stats {
  std::uint64_t accepted = 0;        ///< functions that were given room
  std::uint64_t called = 0;          ///< of those, how many calls have ended; equal to `accepted` with none outstanding
  std::uint64_t destroyed = 0;       ///< of those, how many went uncalled with the execution context
  std::uint64_t refused_no_room = 0; ///< functions that found no room, and no place to wait for it
  std::uint64_t refused_stopped = 0; ///< functions that came, or waited, in vain: of a notifier or shard that stops
  std::uint64_t outstanding = 0;     ///< accepted, and their calls have not ended
  std::uint64_t capacity = 0;        ///< of so many
  std::uint64_t waiting = 0;         ///< posts that wait for room now
  pressure_level level = pressure_level::normal; ///< now
  std::array<std::uint64_t, 3> level_entered{};  ///< how often each level was entered, by its number
};

} // namespace shardbridge
