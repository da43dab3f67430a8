#include "worker_time.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

using std::chrono::nanoseconds;

/// Clocks of several threads are not read in one moment, so less than this may be no thread's.
constexpr nanoseconds unclear = std::chrono::microseconds(200);

const thread_time* find_thread(const process_times& in, const thread_time& like) {
  const auto found = std::ranges::find(in.threads, like.id, &thread_time::id);
  return found == in.threads.end() || found->kernel_worker != like.kernel_worker ? nullptr : &*found;
}

/// A number may have been given to a new thread, whose time then is all from in between.
nanoseconds used_since(const process_times& before, const thread_time& now) {
  const thread_time* const was = find_thread(before, now);
  return was == nullptr || was->used > now.used ? now.used : now.used - was->used;
}

bool own_thread_ended(const process_times& before, const process_times& after) {
  return std::ranges::any_of(before.threads, [&](const thread_time& each) {
    return !each.kernel_worker && find_thread(after, each) == nullptr;
  });
}

} // namespace

nanoseconds worker_time(const process_times& before, const process_times& after) {
  if (before.threads.empty() || after.threads.empty()) return nanoseconds(0); // nobody said
  nanoseconds workers{0}, living{0};
  for (const thread_time& each : after.threads) {
    const nanoseconds used = used_since(before, each);
    living += used;
    if (each.kernel_worker) workers += used;
  }
  const nanoseconds ended = after.total - before.total - living;
  return ended > unclear && !own_thread_ended(before, after) ? workers + ended : workers;
}

} // namespace shardbridge::bench
