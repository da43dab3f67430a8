#pragma once

#include <shardbridge/detail/operation.hpp>

#include <cstdint>

namespace shardbridge::detail {

/// What a shard does at a time, in the object that wants it.
class timer {
 public:
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// The time has come; it is set no more. It may set itself again, and stop others.
  virtual void fire() noexcept = 0;
  /// The shard stops; it is set still.
  virtual void shard_stops() noexcept {}

  std::int64_t at = never; ///< steady clock, nanoseconds; constant while it is set

  // The wheel's.
  static constexpr std::uint32_t not_set = UINT32_MAX;
  std::uint32_t bucket = not_set;
  timer* previous = nullptr;
  timer* next = nullptr;

 protected:
  timer() = default;
  ~timer() = default;
};

} // namespace shardbridge::detail
