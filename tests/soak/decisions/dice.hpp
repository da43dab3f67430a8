// Goal: a seed replays every decision of every worker, whatever the operations come to and whoever runs first.
// Method: each step of each worker has dice of its own, made of the seed, the worker and the number of the step.
#pragma once

#include <cstdint>

namespace shardbridge::soak {

class dice {
 public:
  dice(std::uint64_t seed, std::uint64_t worker, std::uint64_t step) : state_(mix(mix(mix(seed) ^ worker) ^ step)) {}

  /// 0 to sides - 1.
  std::uint64_t roll(std::uint64_t sides) { return next() % sides; }
  bool one_in(std::uint64_t sides) { return roll(sides) == 0; }
  std::uint64_t next() { return mix(state_ += gap); }

 private:
  static constexpr std::uint64_t gap = 0x9e3779b97f4a7c15;

  /// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
  static constexpr std::uint64_t mix(std::uint64_t value) {
    value += gap;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  std::uint64_t state_;
};

} // namespace shardbridge::soak
