// How the loop stops: what it answers at once, what it waits for, and for how long.
#include <shard_side/shard_loop.hpp>

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/detail/descriptor.hpp>

namespace shardbridge::detail {
namespace {

/// At a stop what changes a file may finish; what could wait for ever may not.
bool stops_early(const operation& op) noexcept {
  switch (op.code) {
  case op_code::read:
  case op_code::open:
  case op_code::size:
  case op_code::status:
  case op_code::advise:
    return true;
  case op_code::write:
    return !op.file->regular;
  default:
    return !operation::on_disk(op.code);
  }
}

} // namespace

void shard_loop::begin_stop() {
  stopping_ = true;
  stop_tasks();
  for (backlog* const each : {&backlog_, &calls_})
    while (operation* const op = each->pop(true))
      finish(*op, op_result::of(stop_cause_));
  for (operation *op = parked_.front(), *next = nullptr; op != nullptr; op = next) {
    next = op->next;
    interrupt(*op, reason::stop);
  }
  in_flight_.interrupt_if(stops_early, reason::stop);
  give_up_at_ = later(now_, shutdown_timeout_);
}

void shard_loop::give_up() {
  gave_up_ = true;
  give_up_at_ = never;
  in_flight_.give_up();
  for (operation *op = parked_.front(), *next = nullptr; op != nullptr; op = next) {
    next = op->next;
    if (!op->syncs() || !op->file->syncs.withdraw(*op)) continue;
    parked_.erase(*op);
    finish(*op, given_up(op->code, 0));
  }
}

/// The destructor of its context waits for the operations of an abandoned bridge.
void shard_loop::bound_all(const connection& abandoned) {
  const std::int64_t until = later(now_, shutdown_timeout_);
  const auto bound = [&](operation& op) {
    if (op.joined != &abandoned || !op.detachable() || op.deadline <= until) return;
    deadlines_.erase(op);
    op.deadline = until;
    if (!deadlines_.try_insert(op)) interrupt(op, reason::deadline);
  };
  in_flight_.for_each(bound);
  for (operation *op = parked_.front(), *next = nullptr; op != nullptr; op = next) {
    next = op->next;
    bound(*op);
  }
}

bool shard_loop::empty() const noexcept {
  const std::size_t in_kernel = gave_up_ ? in_flight_.unanswered() : in_flight_.size();
  return in_kernel == 0 && backlog_.empty() && calls_.empty() && parked_.empty() && held_ == 0 && roots_.empty() &&
         arrived_.empty();
}

void shard_loop::close() {
  port_.close_and_bounce(stop_cause_);
  // A bridge that attaches after this look publishes after the close, and learns of it.
  port_.refresh(connections_, connections_version_);
  for (const auto& from : connections_) {
    answer_leftovers(*from, [this, &from](operation& op) {
      op.joined = from.get();
      counters_.requests.add();
      hand_back(op);
    });
    while (!from->pending_replies.empty())
      flush(*from);
  }
  connections_.clear();
  counters_.quarantined.set(in_flight_.size());
}

void shard_loop::outlast_quarantined() {
  while (in_flight_.size() > 0) {
    const bool staged_all = in_flight_.retry(driver_.now());
    driver_.enter(staged_all ? in_flight_.due() : driver::no_wait);
    in_flight_.reap();
  }
}

} // namespace shardbridge::detail
