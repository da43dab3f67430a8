#include <shard_side/shard_loop.hpp>

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/multishot.hpp>

#include <bridge/prefetch.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

namespace shardbridge::detail {
namespace {

/// Replies pushed and published together.
constexpr std::size_t reply_batch = 64;
/// Looks at the lanes before a turn goes on to the kernel although there is more.
constexpr int looks_a_turn = 4;

} // namespace

shard_loop::shard_loop(std::deque<shard_port>& ports, driver& kernel, const shard_group_options& options,
                       std::size_t index, loop_counters& counters)
    : shard_runtime(index), ports_(ports), port_(ports[index]), driver_(kernel), self_(index, *this),
      counters_(counters), sends_messages_(options.shard_wake == shard_wake::message),
      shutdown_timeout_(options.shutdown_timeout), slice_(options.turn_slice.count()),
      on_task_failure_(options.on_task_failure), on_turn_(options.on_turn), on_idle_(options.on_idle),
      in_flight_(kernel, options.ring_entries, options.timeout_mode == timeout_mode::linked && kernel.links_timeouts(),
                 counters, *this),
      spin_(options.spin.count()), timers_(driver_.now()), stalls_(options.stall_bound.count(), driver_.now()) {
  counters_.begin_or_end();
}

shard_loop::~shard_loop() {
  destroy_roots();
  end_residents();
  counters_.begin_or_end();
}

void shard_loop::run() {
  for (;;) {
    try {
      while (turn()) {
      }
      return;
    } catch (...) {
      // What it held is answered, as far as the kernel still does its part; if it does not, the second failure ends the
      // process rather than free what the kernel may write to.
      if (stop_cause_ == errc::shard_failed) throw;
      stop_cause_ = errc::shard_failed;
      port_.request_stop();
    }
  }
}

bool shard_loop::turn() {
  begin_turn();
  const wake_word& word = port_.wake().word();
  std::uint32_t seen = word.observe();
  bool dry = false;
  for (int look = 0; look < looks_a_turn && !dry; ++look) {
    seen = word.observe();
    counters_.published.add(seen - std::exchange(published_, seen));
    // Behind observe(): a bridge attaches before it publishes, so what is seen published is on a lane that is known.
    refresh_connections();
    const bool told = take_messages();
    dry = !take_requests() && !told;
  }
  if (port_.stop_requested() && !stopping_) begin_stop();
  if (give_up_at_ <= now_) give_up();
  expire_deadlines();
  timers_.advance(now_);
  serve_level_waits();
  run_calls();
  run_tasks();
  const bool ran_all = ready_.empty() && calls_.empty();
  if (gave_up_ && own_ == 0 && expected_.empty()) destroy_roots();
  const bool continued = in_flight_.retry(now_);
  const bool staged_all = start_backlog() && continued;
  counters_.backlog.set(backlog_.size() + calls_.size());
  port_.tell_load(in_flight_.size() + backlog_.size() + calls_.size());
  counters_.tasks.set(roots_.size());
  counters_.cq_overflow.set(driver_.overflowed());
  counters_.submissions_registered.set(driver_.registered());
  flush_replies();
  if (stopping_ && empty()) end_residents(); // which may begin something
  if (stopping_ && empty()) {
    // A message to another shard may be staged, and it may fail.
    if (driver_.unsubmitted() == 0) {
      close();
      return false;
    }
    enter_now();
    in_flight_.reap();
    return true;
  }

  bool woken_for_nothing = false;
  if (dry && staged_all && ran_all)
    woken_for_nothing = !wait(seen);
  else
    enter_now();
  const std::size_t completions = in_flight_.reap();
  if (woken_for_nothing && completions == 0) counters_.spurious.add();
  flush_replies();
  return true;
}

void shard_loop::refresh_connections() {
  if (!port_.refresh(connections_, connections_version_)) return;
  backlog_.expect(connections_.size());
  calls_.expect(connections_.size());
}

bool shard_loop::take_requests() {
  bool any = false;
  for (const auto& from : connections_) {
    const std::size_t count = from->requests.pop(taken_);
    if (count > 0) {
      now_ = driver_.now(); // not earlier than any of them was initiated
      counters_.request_batches.add();
    }
    for (const lane_item& item : std::span(taken_).first(count))
      prefetch(item.op());
    for (const lane_item& item : std::span(taken_).first(count))
      take(item, *from);
    any = any || count > 0;
  }
  return any;
}

void shard_loop::take(lane_item item, connection& from) {
  operation& op = item.op();
  switch (item.what()) {
  case lane_item::meaning::request:
    op.joined = &from;
    return begin(op);
  case lane_item::meaning::cancel:
    ++op.cancels_taken;
    return cancel(op);
  case lane_item::meaning::unparked:
    return go_on(op);
  }
}

void shard_loop::go_on(operation& op) {
  parked_.erase(op);
  if (op.syncs()) return finish(op, op.result);
  if (stopping_) return finish(op, op_result::of(stop_cause_));
  if (op.deadline <= now_) return finish(op, interrupted_early(reason::deadline));
  backlog_.push(op);
}

bool shard_loop::overtaken_by_cancel(const operation& op) noexcept {
  return op.file != nullptr && op.code != op_code::close && op.epoch < op.file->epoch();
}

void shard_loop::begin(operation& op) {
  if (op.silent) return cancel_many(op);
  counters_.requests.add();
  op.stamp(&op_times::taken);
  if (stopping_) return finish(op, op_result::of(stop_cause_));
  if (op.cancellable && op.cancel.wanted()) return finish(op, interrupted_early(reason::user));
  if (op.joined->abandoned || overtaken_by_cancel(op)) return finish(op, interrupted_early(reason::user));
  if (op.deadline <= now_) return finish(op, interrupted_early(reason::deadline));
  if (op.code == op_code::call) return begin_call(op);
  queue(op);
}

void shard_loop::queue(operation& op) {
  if (op.deadline != never && !deadlines_.try_insert(op)) return finish(op, {result_kind::system_error, ENOMEM, 0});
  if (op.code == op_code::close && op.file->park(op)) return park(op);
  if (backlog_.empty() && start(op)) return;
  backlog_.push(op);
}

void shard_loop::cancel(operation& op) {
  if (op.where == operation::place::held) {
    if (!may_hand_back(op)) return;
    --held_;
    return hand_back(op);
  }
  const bool started = op.where == operation::place::slot || op.where == operation::place::task;
  if (started && !op.cancel.wants(cancel_kind::any)) return;
  interrupt(op, reason::user);
}

void shard_loop::cancel_many(operation& order) {
  if (order.code == op_code::cancel_bridge)
    order.joined->abandoned = true;
  else
    order.file->order_taken(self_.index());
  const auto meant = [&order](const operation& op) {
    if (order.code == op_code::cancel_bridge) return op.joined == order.joined;
    return op.file == order.file && overtaken_by_cancel(op);
  };
  operation_list waiting;
  backlog_.take_if(meant, waiting);
  calls_.take_if(meant, waiting);
  while (operation* const op = waiting.pop_front())
    finish(*op, interrupted_early(reason::user));
  for (operation *op = parked_.front(), *next = nullptr; op != nullptr; op = next) {
    next = op->next;
    if (meant(*op)) interrupt(*op, reason::user);
  }
  for (operation* op = called_.front(); op != nullptr; op = op->next)
    if (meant(*op)) interrupt(*op, reason::user);
  in_flight_.interrupt_if(meant, reason::user);
  if (order.code == op_code::cancel_bridge) bound_all(*order.joined);
  order.deliver(nullptr, operation::delivery::destroy);
}

bool shard_loop::start_backlog() {
  while (!backlog_.empty() && !in_flight_.full()) {
    operation* const op = backlog_.pop(in_flight_.has_room_for_patient());
    if (op == nullptr) break;
    if (start(*op)) continue;
    backlog_.put_back(*op);
    return false;
  }
  return true;
}

bool shard_loop::start(operation& op) {
  if (op.code == op_code::resize && !driver_.supports(op.code)) {
    const int failed = ::ftruncate(op.file->get(), static_cast<off_t>(op.offset)) == 0 ? 0 : errno;
    finish(op, failed == 0 ? op_result{} : op_result{result_kind::system_error, failed, 0});
    return true;
  }
  if (operation::receives_into_provided(op.code) && driver_.without_buffers() != 0) {
    finish(op, {result_kind::system_error, driver_.without_buffers(), 0});
    return true;
  }
  return in_flight_.start(op);
}

void shard_loop::interrupt(operation& op, reason why) {
  switch (op.where) {
  case operation::place::backlog:
    (op.code == op_code::call ? calls_ : backlog_).erase(op);
    return finish(op, interrupted_early(why));
  case operation::place::parked:
    return interrupt_parked(op, why);
  case operation::place::task:
    return interrupt_task(op, why);
  case operation::place::slot:
    return in_flight_.interrupt(op, why);
  case operation::place::nowhere:
  case operation::place::waiting:
  case operation::place::waiting_aside:
  case operation::place::held:
    return;
  }
}

void shard_loop::interrupt_parked(operation& op, reason why) {
  const bool done = op.syncs();
  // What cannot be undone goes on.
  if (done && why != reason::deadline) return;
  // Else word that it may go on is on its way.
  if (!(done ? op.file->syncs.withdraw(op) : op.file->unpark())) return;
  parked_.erase(op);
  finish(op, done ? interrupted_in_flight(why, 0) : interrupted_early(why));
}

void shard_loop::expire_deadlines() {
  while (operation* const late = deadlines_.pop_due(now_))
    interrupt(*late, reason::deadline);
}

void shard_loop::finish(operation& op, op_result result) {
  deadlines_.erase(op);
  // What ended it knows that the shard stops, not why.
  const bool stopped = result == op_result::of(errc::stopped, result.value);
  op.result = stopped ? op_result::of(stop_cause_, result.value) : result;
  op.stamp(&op_times::completed);
  if (may_hand_back(op))
    hand_back(op);
  else
    ++held_;
}

void shard_loop::arrived(operation& op, const arrival& what) {
  static_cast<multishot&>(op).arrived(what);
}

void shard_loop::park(operation& held) {
  held.where = operation::place::parked;
  parked_.push_back(held);
}

void shard_loop::announce(operation& parked) {
  const std::uint32_t to = parked.shard_index; // once it is pushed it may end any time
  announce_unparked(parked, [this, to](wake_side& wake) { static_cast<void>(wake_up(to, wake)); });
}

wake_word::published shard_loop::wake_up(std::size_t shard, wake_side& wake) noexcept {
  const auto what = wake.claim();
  if (what != wake_word::published::wake_owed) return what;
  const int ring = sends_messages_ ? ports_[shard].ring() : -1;
  if (ring >= 0 && driver_.stage_message(static_cast<std::uint32_t>(shard), ring))
    counters_.messages.add();
  else
    wake.event().signal();
  return what;
}

void shard_loop::message_failed(std::uint32_t shard) {
  ports_[shard].wake().event().signal();
}

void shard_loop::hand_back(operation& op) {
  if (op.joined == nullptr) {
    if (op.code != op_code::call) --own_;
    return op.deliver(nullptr, operation::delivery::post);
  }
  connection& to = *op.joined;
  to.pending_replies.push_back(op);
  if (to.pending_replies.size() >= reply_batch) flush(to);
}

void shard_loop::flush_replies() {
  for (const auto& to : connections_)
    if (!to->pending_replies.empty()) flush(*to);
}

void shard_loop::flush(connection& to) {
  std::array<operation*, reply_batch> batch;
  std::size_t count = 0;
  while (count < batch.size() && !to.pending_replies.empty())
    batch[count++] = to.pending_replies.pop_front();
  if (!to.replies.push(std::span(batch).first(count))) {
    // No memory for the lane to grow: the batch stays, in order, for a later turn.
    while (count > 0)
      to.pending_replies.push_front(*batch[--count]);
    return;
  }
  counters_.replies.add(count);
  counters_.reply_batches.add();
  to.wakes.producer_wake->publish();
}

} // namespace shardbridge::detail
