#pragma once

#include "../common/interrupt.hpp"
#include "../common/process_times.hpp"
#include "../common/syscall_counter.hpp"
#include "block_client.hpp"
#include "round.hpp"

#include <algorithm>
#include <chrono>

namespace shardbridge::bench {

/// Has an open loop's operations fall due from `begin` to shared.end.
inline void start_due_times(load& shared, bench_clock::time_point begin) {
  const workload& what = shared.what;
  shared.due.start(arrivals(begin, shared.end, what.rate, mix(what.rate_seed) + shared.rounds, what.apart));
  ++shared.rounds;
}

/// What fell due in a round of an open loop that has just ended. It lasted as long as operations fell due, though the
/// last of them ended sooner.
inline void account_for_due(const load& shared, bench_clock::time_point begin, round_result& into) {
  const auto now = bench_clock::now();
  const auto end = interrupted() ? std::min(now, shared.end) : shared.end;
  into.due = shared.due.fell_due(end);
  into.offering_seconds = std::chrono::duration<double>(end - begin).count();
  into.seconds = std::max(into.seconds, into.offering_seconds);
}

/// What `run` does in this process until shared.end, timed.
template <class Run>
round_result timed_part(load& shared, double seconds, Run& run) {
  using fractional = std::chrono::duration<double>;
  round_result result;
  const process_times threads_before = times_of_process();
  const process_usage before = usage_of_process();
  const auto begin = bench_clock::now();
  shared.end = begin + std::chrono::duration_cast<bench_clock::duration>(fractional(seconds));
  if (shared.what.open_loop()) start_due_times(shared, begin);
  run();
  result.seconds = fractional(bench_clock::now() - begin).count();
  result.usage = usage_of_process() - before;
  result.io_wq_seconds = fractional(worker_time(threads_before, times_of_process())).count();
  result.totals = shared.accounts.take();
  if (shared.what.open_loop()) account_for_due(shared, begin, result);
  return result;
}

/// The same again, to count system calls: that costs time, so nothing else of it counts but what went wrong.
template <class Run>
void count_syscalls(load& shared, double seconds, Run& run, round_result& into) {
  const syscall_counter counter;
  const round_result counted = timed_part(shared, seconds, run);
  if (const auto operations = counted.operations(); operations != 0)
    into.syscalls_per_op = static_cast<double>(counter.count()) / static_cast<double>(operations);
  into.totals.merge_faults(counted.totals);
}

/// One round of what `run` does in this process: timed, then a short while more to count system calls where that is
/// possible.
template <class Run>
round_result timed_round(load& shared, double seconds, Run run) {
  round_result result = timed_part(shared, seconds, run);
  if (syscall_counter::obstacle().empty() && !interrupted()) count_syscalls(shared, seconds / 10, run, result);
  return result;
}

} // namespace shardbridge::bench
