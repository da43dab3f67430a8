// What a shard counts, and how others read all of it as of one moment while it goes on.
//
// Threads: the shard's own writes; any calls snapshot().
//
// Invariant: while the version is even the shard is in the kernel, looks for work or has ended: nothing is written. A
// reader that saw the same even version before and after has seen one moment: had it seen anything newer than the
// version, it would have seen the odd version that was stored before it.
#pragma once

#include <shardbridge/stats.hpp>

#include <bridge/counter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace shardbridge::detail {

struct loop_counters {
  counter turns, sleeps, published, spurious, rearms, looks_hit, looks_missed;
  counter requests, request_batches, replies, reply_batches, messages;
  counter submissions, submissions_registered, sq_full, cq_overflow, cancels, cancels_found, cancels_running,
      cancels_missed;
  counter detached, slots, in_flight, backlog, quarantined;
  counter own_operations, shard_calls, tasks, tasks_started, task_failures, resumptions;
  counter stalls, stalls_in_calls, stalls_in_tasks, stalls_in_kernel, longest_turn;

  /// The shard begins to write, or ends. release: what was counted before is seen with an even version; an odd one is
  /// seen with whatever is counted behind it.
  void begin_or_end() noexcept {
    version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  /// As long as one of these lives, nothing is written.
  class pause {
   public:
    explicit pause(loop_counters& counters) noexcept : counters_(counters) { counters_.begin_or_end(); }
    ~pause() { counters_.begin_or_end(); }
    pause(const pause&) = delete;
    pause& operator=(const pause&) = delete;

   private:
    loop_counters& counters_;
  };

  /// Of a shard that leaves no pause long enough to be read, the numbers are each exact and of nearly one moment.
  [[nodiscard]] shard_stats snapshot(std::uint64_t wakes) const noexcept {
    shard_stats out;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      out = read(wakes);
      if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) break;
    }
    return out;
  }

 private:
  static constexpr int most_attempts = 1000;

  [[nodiscard]] shard_stats read(std::uint64_t wakes) const noexcept {
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
            .submissions_registered = submissions_registered.get(),
            .sq_full = sq_full.get(),
            .cq_overflow = cq_overflow.get(),
            .cancels = cancels.get(),
            .cancels_found = cancels_found.get(),
            .cancels_running = cancels_running.get(),
            .cancels_missed = cancels_missed.get(),
            .detached = detached.get(),
            .slots = slots.get(),
            .in_flight = in_flight.get(),
            .backlog = backlog.get(),
            .quarantined = quarantined.get(),
            .messages = messages.get(),
            .own_operations = own_operations.get(),
            .shard_calls = shard_calls.get(),
            .tasks = tasks.get(),
            .tasks_started = tasks_started.get(),
            .task_failures = task_failures.get(),
            .resumptions = resumptions.get(),
            .stalls = stalls.get(),
            .stalls_in_calls = stalls_in_calls.get(),
            .stalls_in_tasks = stalls_in_tasks.get(),
            .stalls_in_kernel = stalls_in_kernel.get(),
            .longest_turn = std::chrono::nanoseconds(static_cast<std::int64_t>(longest_turn.get()))};
  }

  std::atomic<std::uint64_t> version_{0};
};

} // namespace shardbridge::detail
