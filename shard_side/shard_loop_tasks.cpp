// What the loop does for the code that runs on the shard: its tasks, its own operations, and the functions and tasks
// that bridges call.
#include <shard_side/shard_loop.hpp>

#include <shard_side/turn_slice.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace shardbridge::detail {

void shard_loop::begin_own(operation& op) {
  counters_.own_operations.add();
  ++own_;
  if (stopping_) return finish(op, op_result::of(stop_cause_));
  if (overtaken_by_cancel(op)) return finish(op, interrupted_early(reason::user));
  if (op.deadline != never) now_ = driver_.now();
  if (op.deadline <= now_) return finish(op, interrupted_early(reason::deadline));
  queue(op);
}

void shard_loop::begin_call(operation& op) {
  if (calls_.empty() && call_time_ < slice_) return call(op);
  if (op.deadline != never && !deadlines_.try_insert(op)) return finish(op, {result_kind::system_error, ENOMEM, 0});
  calls_.push(op);
}

void shard_loop::take_call(operation& op) noexcept {
  counters_.shard_calls.add();
  if (stopping_) return finish(op, op_result::of(stop_cause_));
  if (op.deadline != never) {
    now_ = driver_.now();
    if (op.deadline <= now_) return finish(op, interrupted_early(reason::deadline));
    if (!deadlines_.try_insert(op)) return finish(op, {result_kind::system_error, ENOMEM, 0});
  }
  calls_.push(op);
}

void shard_loop::cancel_call(operation& op, op_result cause) noexcept {
  if (op.where == operation::place::task) return op.scope->cancel(cause);
  interrupt(op, reason::user);
}

void shard_loop::send(std::size_t to, message& what) noexcept {
  shard_port& port = ports_[to];
  port.push(what);
  if (wake_up(to, port.wake()) == wake_word::published::closed) port.bounce_messages();
}

void shard_loop::call(operation& op) {
  const bool ended = op.run(op, self_);
  const std::int64_t before = std::exchange(now_, driver_.now());
  const std::int64_t took = now_ - before;
  call_time_ += took;
  stalls_.call_took(took);
  if (ended) return finish(op, {});
  op.where = operation::place::task;
  called_.push_back(op);
  const bool timed = op.deadline == never || op.heap_index != UINT32_MAX || deadlines_.try_insert(op);
  if (!timed) op.scope->cancel({result_kind::system_error, ENOMEM, 0});
}

void shard_loop::end_call(operation& op, op_result result) {
  called_.erase(op);
  finish(op, result);
}

/// What its task waits for throws, and the task ends as it likes.
void shard_loop::interrupt_task(operation& call, reason why) noexcept {
  call.scope->cancel(why == reason::deadline ? op_result::of(errc::expired_in_flight)
                                             : op_result{result_kind::aborted, 0, 0});
}

void shard_loop::run_calls() {
  while (!calls_.empty() && call_time_ < slice_)
    call(*calls_.pop(true));
}

void shard_loop::run_tasks() {
  if (ready_.empty()) return;
  const std::int64_t began = driver_.now();
  turn_slice slice(began, slice_);
  while (resume_next()) {
    counters_.resumptions.add();
    if (slice.ran() && !slice.goes_on(driver_.now())) break;
  }
  counters_.tasks_started.set(tasks_.begun());
  now_ = driver_.now();
  stalls_.tasks_took(now_ - began);
}

bool shard_loop::take_messages() noexcept {
  arrived_.append(port_.take_messages());
  if (arrived_.empty()) return false;
  for (std::size_t left = take_batch; left > 0; --left) {
    message* const next = arrived_.pop_front();
    if (next == nullptr) break;
    next->arrive(*this);
  }
  return true;
}

void shard_loop::forget(message& what) noexcept {
  arrived_.append(port_.take_messages());
  arrived_.erase(what);
}

pressure_level shard_loop::level() const noexcept {
  auto highest = pressure_level::normal;
  for (const auto& each : connections_)
    highest = std::max(highest, each->level.get());
  return highest;
}

bool shard_loop::wait_level(level_waiter& which) {
  auto highest = pressure_level::normal;
  for (const auto& each : connections_)
    highest = std::max(highest, each->level.watch());
  if (highest <= which.wanted) return false;
  level_waits_.push_back(which);
  return true;
}

void shard_loop::serve_level_waits() noexcept {
  if (level_waits_.empty()) return;
  intrusive_list<waiter> all = std::exchange(level_waits_, {});
  while (waiter* const each = all.pop_front())
    if (!wait_level(static_cast<level_waiter&>(*each))) make_ready(*each);
}

/// What has come for them no more is over; what is on its way is waited for.
void shard_loop::stop_tasks() noexcept {
  while (waiter* const each = level_waits_.pop_front())
    make_ready(*each);
  for (waiter *each = expected_.front(), *next = nullptr; each != nullptr; each = next) {
    next = each->next;
    if (each->withdraw()) make_ready(*each);
  }
  timers_.shard_stops();
  tell_listeners();
}

void shard_loop::task_failed(const std::exception_ptr& why) noexcept {
  counters_.task_failures.add();
  if (on_task_failure_) on_task_failure_(why);
}

} // namespace shardbridge::detail
