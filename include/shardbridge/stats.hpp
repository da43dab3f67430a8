#pragma once

#include <cstddef>
#include <cstdint>

namespace shardbridge {

/// A snapshot of one shard's counters since its start.
struct shard_stats {
  std::uint64_t turns = 0;           ///< passes of the loop
  std::uint64_t sleeps = 0;          ///< turns that waited for the kernel or a wake
  std::uint64_t wakes = 0;           ///< eventfd writes and messages made to wake it
  std::uint64_t wakes_skipped = 0;   ///< items published while it was awake: no write
  std::uint64_t wakes_spurious = 0;  ///< sleeps that ended though nothing had come
  std::uint64_t rearms = 0;          ///< sleeps not begun, since something was published just before
  std::uint64_t looks_hit = 0;       ///< looks again that found something: sleeps saved
  std::uint64_t looks_missed = 0;    ///< looks again in vain
  std::uint64_t requests = 0;        ///< operations taken from bridges
  std::uint64_t request_batches = 0; ///< in so many batches
  std::uint64_t replies = 0;         ///< operations handed back
  std::uint64_t reply_batches = 0;   ///< in so many batches
  std::uint64_t submissions = 0;     ///< operation SQEs; more than requests where short transfers were continued
  std::uint64_t cancels = 0;         ///< cancel SQEs
  std::uint64_t detached = 0;        ///< operations answered before their terminal CQE
  std::uint64_t in_flight = 0;       ///< slots in use now
  std::uint64_t quarantined = 0;     ///< operations the kernel still had at the end of `shutdown_timeout`
  std::uint64_t messages = 0;        ///< wakes it sent to other shards from its ring, see `shard_wake::message`
};

/// A snapshot of one bridge's counters since its start.
struct bridge_stats {
  std::uint64_t accepted = 0;  ///< operations that were given a permit
  std::uint64_t completed = 0; ///< of those, how many came back; equal to `accepted` when nothing is outstanding
  std::uint64_t refused = 0;   ///< no_room, too_large, stopped
  std::uint64_t expired_waiting = 0;
  std::uint64_t ops = 0;            ///< permits out now
  std::uint64_t bytes = 0;          ///< bytes they stand for
  std::uint64_t waiting = 0;        ///< operations waiting for a permit now
  std::uint64_t sleeps = 0;         ///< waits for the eventfd
  std::uint64_t wakes = 0;          ///< eventfd writes made by shards to wake the Asio side
  std::uint64_t wakes_skipped = 0;  ///< batches published while it was awake: no write
  std::uint64_t wakes_spurious = 0; ///< waits that ended though nothing had come
  std::uint64_t rearms = 0;         ///< waits not begun, since something was published just before
  std::uint64_t looks_hit = 0;      ///< looks again that found something: waits saved
  std::uint64_t looks_missed = 0;   ///< looks again in vain
  std::uint64_t reply_batches = 0;  ///< batches in which replies were taken; `completed` over it is their size
};

} // namespace shardbridge
