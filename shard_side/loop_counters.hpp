#pragma once

#include <shardbridge/stats.hpp>

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

/// Written by one thread, read by any: a load and a store instead of a read-modify-write.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct loop_counters {
  counter turns, sleeps, requests, replies, submissions, cancels, detached, in_flight;

  [[nodiscard]] shard_stats snapshot() const noexcept {
    return {.turns = turns.get(),
            .sleeps = sleeps.get(),
            .wakes = 0,
            .requests = requests.get(),
            .replies = replies.get(),
            .submissions = submissions.get(),
            .cancels = cancels.get(),
            .detached = detached.get(),
            .in_flight = in_flight.get()};
  }
};

} // namespace shardbridge::detail
