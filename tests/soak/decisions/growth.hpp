// Goal: tell a leak of memory from a program that has not warmed up. Method: what is in use at quiet points, where
// nothing is under way; the first ones do not count, and from the least of the next to the last it must not have grown
// by more than a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace shardbridge::soak {

/// Of the process at a quiet point.
struct memory_sample {
  double seconds = 0;     ///< since the beginning
  std::uint64_t rss = 0;  ///< bytes
  std::uint64_t heap = 0; ///< bytes that malloc has given out
  std::size_t descriptors = 0;
};

/// What counts as growth.
struct growth_bounds {
  std::uint64_t rss = std::uint64_t{32} << 20;
  std::uint64_t heap = std::uint64_t{8} << 20;
};

/// Those of the first quarter, and at least one, are warm-up.
std::size_t warm_up_of(std::size_t samples);

/// What has grown, as a sentence; nothing if nothing has, or if there are too few samples to tell.
std::optional<std::string> growth_in(std::span<const memory_sample> samples, const growth_bounds& bounds);

} // namespace shardbridge::soak
