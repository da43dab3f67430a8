#pragma once

#include <shardbridge/latency_histogram.hpp>
#include <shardbridge/pressure_level.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace shardbridge {

/// A snapshot of one shard's counters since its start: all of them of one moment, unless the shard has been too busy to
/// let them be read so.
struct shard_stats {
  std::uint64_t turns = 0;                  ///< passes of the loop
  std::uint64_t sleeps = 0;                 ///< turns that waited for the kernel or a wake
  std::uint64_t wakes = 0;                  ///< eventfd writes and messages made to wake it
  std::uint64_t wakes_skipped = 0;          ///< items published while it was awake: no write
  std::uint64_t wakes_spurious = 0;         ///< sleeps that ended though nothing had come
  std::uint64_t rearms = 0;                 ///< sleeps not begun, since something was published just before
  std::uint64_t looks_hit = 0;              ///< looks again that found something: sleeps saved
  std::uint64_t looks_missed = 0;           ///< looks again in vain
  std::uint64_t requests = 0;               ///< operations taken from bridges
  std::uint64_t request_batches = 0;        ///< in so many batches
  std::uint64_t replies = 0;                ///< operations handed back
  std::uint64_t reply_batches = 0;          ///< in so many batches
  std::uint64_t submissions = 0;            ///< operation SQEs; more than requests where short transfers were continued
  std::uint64_t submissions_registered = 0; ///< of those, how many were of registered memory
  std::uint64_t sq_full = 0;                ///< times that one found no room and had to wait for a submit
  std::uint64_t cq_overflow = 0;            ///< CQEs that found no room, as the kernel counts them; 0 always
  std::uint64_t cancels = 0;                ///< cancel SQEs
  std::uint64_t cancels_found = 0;          ///< of those, how many interrupted their operation
  std::uint64_t cancels_running = 0;        ///< found it at work in a worker thread of the kernel, where it goes on
  std::uint64_t cancels_missed = 0;         ///< did not find it: at a device, or ended
  std::uint64_t detached = 0;               ///< operations answered before their terminal CQE
  std::uint64_t slots = 0;                  ///< `ring_entries`: how many operations fit in the kernel
  std::uint64_t in_flight = 0;              ///< slots in use now
  std::uint64_t backlog = 0;                ///< operations that wait for a slot now
  std::uint64_t quarantined = 0;            ///< operations the kernel still had at the end of `shutdown_timeout`
  std::uint64_t messages = 0;               ///< wakes it sent to other shards from its ring, see `shard_wake::message`
  std::uint64_t own_operations = 0;         ///< begun by code on the shard
  std::uint64_t shard_calls = 0;            ///< of shard::call() that it has taken, from other shards and itself
  std::uint64_t tasks = 0;                  ///< spawned or called by a bridge, that have not ended
  std::uint64_t tasks_started = 0;          ///< since the beginning
  std::uint64_t task_failures = 0;          ///< those spawned that ended with an exception nobody joined for
  std::uint64_t resumptions = 0;            ///< of tasks that were ready
  std::uint64_t stalls = 0;                 ///< turns that took longer than `shard_group_options::stall_bound`
  std::uint64_t stalls_in_calls = 0;        ///< most of it in functions of async_call
  std::uint64_t stalls_in_tasks = 0;        ///< most of it in tasks
  std::uint64_t stalls_in_kernel = 0;       ///< most of it in system calls, such as copying from the page cache
  std::chrono::nanoseconds longest_turn{};  ///< but for sleep
};

/// How long operations took from station to station of their way, see `op_times`: of one in
/// `bridge_options::sampling`.
struct bridge_latencies {
  latency_histogram waiting;   ///< from initiation to a permit
  latency_histogram lane;      ///< from there until the shard takes it
  latency_histogram backlog;   ///< from there to the kernel
  latency_histogram in_kernel; ///< from there to its result
  latency_histogram reply;     ///< from there until it is collected for its handler's executor
  latency_histogram total;     ///< from initiation to collection
};

/// A snapshot of one bridge's counters since its start.
struct bridge_stats {
  std::uint64_t accepted = 0;        ///< operations that were given a permit
  std::uint64_t completed = 0;       ///< of those, how many came back; equal to `accepted` when nothing is outstanding
  std::uint64_t refused = 0;         ///< the sum of the next three; permits that try_acquire() did not get are in it
  std::uint64_t refused_no_room = 0; ///< with `errc::no_room`
  std::uint64_t refused_too_large = 0;   ///< with `errc::too_large`
  std::uint64_t refused_stopped = 0;     ///< with `errc::stopped`
  std::uint64_t expired_waiting = 0;     ///< never accepted
  std::uint64_t expired_queued = 0;      ///< of the completed
  std::uint64_t expired_in_flight = 0;   ///< of the completed
  std::uint64_t cancelled_waiting = 0;   ///< never accepted
  std::uint64_t cancelled = 0;           ///< of the completed: ended with `operation_aborted`
  std::uint64_t outcome_unknown = 0;     ///< of the completed
  std::uint64_t failed = 0;              ///< of the completed: with an error of the kernel
  std::uint64_t cached_reads = 0;        ///< never accepted: made by their initiating thread, see bridge_options
  std::uint64_t cached_reads_missed = 0; ///< tried there, and then initiated as usual
  std::uint64_t ops = 0;                 ///< permits out now
  std::uint64_t max_ops = 0;             ///< of so many
  std::uint64_t bytes = 0;               ///< bytes they stand for
  std::uint64_t max_bytes = 0;           ///< of so many
  std::uint64_t waiting = 0;             ///< operations waiting for a permit now
  pressure_level level = pressure_level::normal;           ///< now
  std::array<std::uint64_t, 3> level_entered{};            ///< how often each level was entered, by its number
  std::array<std::chrono::nanoseconds, 3> time_in_level{}; ///< the present stretch included
  std::uint64_t sleeps = 0;                                ///< waits for the eventfd
  std::uint64_t wakes = 0;                                 ///< eventfd writes made by shards to wake the Asio side
  std::uint64_t wakes_skipped = 0;                         ///< batches published while it was awake: no write
  std::uint64_t wakes_spurious = 0;                        ///< waits that ended though nothing had come
  std::uint64_t rearms = 0;        ///< waits not begun, since something was published just before
  std::uint64_t looks_hit = 0;     ///< looks again that found something: waits saved
  std::uint64_t looks_missed = 0;  ///< looks again in vain
  std::uint64_t reply_batches = 0; ///< batches in which replies were taken; `completed` over it is their size
  bridge_latencies latencies{};    ///< of the operations that were timed
};

} // namespace shardbridge
