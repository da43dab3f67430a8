#pragma once

#include "setting.hpp"
#include "tally.hpp"

#include <shardbridge/shard.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace shardbridge::bench {

/// What all loads of a shard share.
struct shard_load {
  fairness_setting what;
  std::array<load_tally, load_kinds> tallies;
  /// The round is: what is outstanding ends, nothing follows.
  std::atomic<bool> over{false};
  /// How long busy tasks have computed; written on the shard, read anywhere.
  std::atomic<std::chrono::nanoseconds::rep> computed_ns{0};

  load_tally& tally(load_kind kind) noexcept { return tallies[index_of(kind)]; }
  void compute(std::chrono::nanoseconds time) noexcept {
    // Only the shard writes.
    computed_ns.store(computed_ns.load(std::memory_order_relaxed) + time.count(), std::memory_order_relaxed);
  }
  bool running() const noexcept { return !over.load(std::memory_order_relaxed); }
};

// Each runs on the shard until the round is over, and `shared` outlives it. Throws what makes it end early.

/// Opens the file and reads its blocks, each of what.readers by itself.
task<> run_disk(shard& self, shard_load& shared);
/// Sends messages to and fro between two sockets of each of what.connections.
task<> run_sockets(shard& self, shard_load& shared);
/// Computes and yields.
task<> run_busy(shard& self, shard_load& shared);

} // namespace shardbridge::bench
