#include <asio_side/prometheus/metric_rows.hpp>

namespace shardbridge::detail {
namespace {

using s = shard_stats;
template <auto Member>
constexpr auto of_shard = only<Member, s>();

constexpr metric_row<s> of_shards[] = {
    {"shardbridge_shard_turns_total", "Passes of the shard's loop.", nullptr, of_shard<&s::turns>},
    {"shardbridge_shard_sleeps_total", "Passes that waited for the kernel or a wake.", nullptr, of_shard<&s::sleeps>},
    {"shardbridge_shard_wakes_total", "Eventfd writes and messages to wake the shard.", nullptr, of_shard<&s::wakes>},
    {"shardbridge_shard_wakes_skipped_total", "Items that came while the shard was awake: no wake.", nullptr,
     of_shard<&s::wakes_skipped>},
    {"shardbridge_shard_wakes_spurious_total", "Sleeps that ended though nothing had come.", nullptr,
     of_shard<&s::wakes_spurious>},
    {"shardbridge_shard_rearms_total", "Sleeps not begun, since something had come just before.", nullptr,
     of_shard<&s::rearms>},
    {"shardbridge_shard_looks_total",
     "Looks for more before a sleep: a hit saved the sleep.",
     "outcome",
     {{{"hit", read<&s::looks_hit>}, {"missed", read<&s::looks_missed>}}}},
    {"shardbridge_shard_requests_total", "Operations taken from bridges.", nullptr, of_shard<&s::requests>},
    {"shardbridge_shard_request_batches_total", "Batches in which operations were taken.", nullptr,
     of_shard<&s::request_batches>},
    {"shardbridge_shard_replies_total", "Operations handed back to bridges.", nullptr, of_shard<&s::replies>},
    {"shardbridge_shard_reply_batches_total", "Batches in which operations were handed back.", nullptr,
     of_shard<&s::reply_batches>},
    {"shardbridge_shard_submissions_total", "Submissions to the kernel: more than requests where transfers came short.",
     nullptr, of_shard<&s::submissions>},
    {"shardbridge_shard_submissions_registered_total", "Submissions of memory that is registered with the ring.",
     nullptr, of_shard<&s::submissions_registered>},
    {"shardbridge_shard_sq_full_total", "Submissions that found the submission queue full and had to wait.", nullptr,
     of_shard<&s::sq_full>},
    {"shardbridge_shard_cq_overflow_total", "Completions that found the completion queue full: always 0.", nullptr,
     of_shard<&s::cq_overflow>},
    {"shardbridge_shard_cancels_total", "Cancellations sent to the kernel.", nullptr, of_shard<&s::cancels>},
    {"shardbridge_shard_cancels_answered_total",
     "How the kernel answered cancellations: interrupted, going on in a thread of the kernel, or not found.",
     "outcome",
     {{{"found", read<&s::cancels_found>},
       {"running", read<&s::cancels_running>},
       {"missed", read<&s::cancels_missed>}}}},
    {"shardbridge_shard_detached_total", "Operations answered while the kernel still had them.", nullptr,
     of_shard<&s::detached>},
    {"shardbridge_shard_slots", "How many operations fit in the kernel.", nullptr, of_shard<&s::slots>},
    {"shardbridge_shard_in_flight", "Operations in the kernel now.", nullptr, of_shard<&s::in_flight>},
    {"shardbridge_shard_backlog", "Operations that wait for a slot now.", nullptr, of_shard<&s::backlog>},
    {"shardbridge_shard_quarantined", "Operations that the kernel still had when the shutdown timeout ended.", nullptr,
     of_shard<&s::quarantined>},
    {"shardbridge_shard_messages_total", "Wakes sent to other shards as messages of the ring.", nullptr,
     of_shard<&s::messages>},
    {"shardbridge_shard_own_operations_total", "Operations begun by code on the shard.", nullptr,
     of_shard<&s::own_operations>},
    {"shardbridge_shard_calls_total", "Calls taken from code on shards.", nullptr, of_shard<&s::shard_calls>},
    {"shardbridge_shard_tasks", "Tasks that have not ended.", nullptr, of_shard<&s::tasks>},
    {"shardbridge_shard_tasks_started_total", "Tasks that were spawned or called.", nullptr,
     of_shard<&s::tasks_started>},
    {"shardbridge_shard_task_failures_total", "Spawned tasks that failed and were not joined.", nullptr,
     of_shard<&s::task_failures>},
    {"shardbridge_shard_resumptions_total", "Resumptions of tasks that were ready.", nullptr,
     of_shard<&s::resumptions>},
    {"shardbridge_shard_stalls_total", "Passes that took longer than shard_group_options::stall_bound.", nullptr,
     of_shard<&s::stalls>},
    {"shardbridge_shard_stalls_in_calls_total", "Stalls spent mostly in functions of async_call.", nullptr,
     of_shard<&s::stalls_in_calls>},
    {"shardbridge_shard_stalls_in_tasks_total", "Stalls spent mostly in tasks.", nullptr,
     of_shard<&s::stalls_in_tasks>},
    {"shardbridge_shard_stalls_in_kernel_total", "Stalls spent mostly in system calls, such as copying cached pages.",
     nullptr, of_shard<&s::stalls_in_kernel>},
    {"shardbridge_shard_longest_turn_seconds", "The longest pass since the start, but for sleep.", nullptr,
     of_shard<&s::longest_turn>},
};

} // namespace

std::span<const metric_row<shard_stats>> shard_rows() noexcept {
  return of_shards;
}

} // namespace shardbridge::detail
