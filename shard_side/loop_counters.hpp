#pragma once

#include <shardbridge/stats.hpp>

#include <bridge/counter.hpp>

#include <algorithm>
#include <cstdint>

namespace shardbridge::detail {

struct loop_counters {
  counter turns, sleeps, published, spurious, rearms, looks_hit, looks_missed;
  counter requests, request_batches, replies, reply_batches, submissions, cancels, detached, in_flight, messages,
      quarantined;

  [[nodiscard]] shard_stats snapshot(std::uint64_t wakes) const noexcept {
    return {.turns = turns.get(),
            .sleeps = sleeps.get(),
            .wakes = wakes,
            .wakes_skipped = published.get() - std::min(published.get(), wakes),
            .wakes_spurious = spurious.get(),
            .rearms = rearms.get(),
            .looks_hit = looks_hit.get(),
            .looks_missed = looks_missed.get(),
            .requests = requests.get(),
            .request_batches = request_batches.get(),
            .replies = replies.get(),
            .reply_batches = reply_batches.get(),
            .submissions = submissions.get(),
            .cancels = cancels.get(),
            .detached = detached.get(),
            .in_flight = in_flight.get(),
            .quarantined = quarantined.get(),
            .messages = messages.get()};
  }
};

} // namespace shardbridge::detail
