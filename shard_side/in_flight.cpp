#include <shard_side/in_flight.hpp>

#include <bridge/descriptor_number.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

namespace shardbridge::detail {
namespace {

constexpr std::size_t least_submitted_early = 2;
/// Before what a cancel did not find is cancelled again, the first time: longer than the kernel takes to try it. Twice
/// as long each time after that, at most so many times: what a device works on is not found however often it is looked
/// for.
constexpr std::int64_t missed_pause_ns = 1'000'000;
constexpr int most_doublings = 10;

/// The part of an operation's buffers that one submission can take, and what is left for later ones.
struct portion {
  std::uint32_t iovecs;
  std::uint64_t bytes;
};

portion next_portion(const operation& op) noexcept {
  portion out{std::min(op.iovec_count, max_iovecs_at_once), 0};
  for (const iovec& each : std::span(op.iovecs, out.iovecs))
    out.bytes += each.iov_len;
  out.bytes = std::min(out.bytes, max_bytes_at_once);
  return out;
}

int descriptor_of(const slot& used) noexcept {
  const operation& op = *used.op;
  if (op.code == op_code::open) return used.opened;
  if (op.code == op_code::poll) return static_cast<int>(op.offset);
  return op.file != nullptr ? op.file->get() : -1;
}

/// A close that is cancelled would leave a descriptor that nobody owns.
bool cancellable(const operation& op) noexcept {
  return op.code != op_code::close;
}

/// Whether it may be answered while the kernel still works on it.
bool may_be_left(const slot& used) noexcept {
  return used.op->detachable() || used.is_written();
}

/// A transfer of a pipe, a terminal, a FIFO: it may wait for ever.
bool waits_for_readiness(const slot& used) noexcept {
  const descriptor* const file = used.op != nullptr ? used.op->file : used.left->file;
  return (used.code == op_code::read || used.code == op_code::write) && !file->regular;
}

/// What an operation that leaves its buffer behind has to show: nothing for a read.
std::uint64_t reported(const slot& used) noexcept {
  return used.code == op_code::write ? used.moved : 0;
}

} // namespace

in_flight::in_flight(driver& kernel, std::uint32_t capacity, bool linked_timeouts, loop_counters& counters, sink& told)
    : driver_(kernel), linked_(linked_timeouts), counters_(counters), told_(told), slots_(capacity) {
  unstaged_.reserve(capacity);
  uncancelled_.reserve(2 * std::size_t{capacity});
  missed_.reserve(capacity);
  counters_.slots.set(capacity);
}

bool in_flight::start(operation& op) {
  if (slots_.full() || (op.patient && !has_room_for_patient())) return false;
  const std::uint32_t index = slots_.acquire(op);
  if (!stage_or_enter(index)) {
    slots_.release(index);
    return false;
  }
  op.where = operation::place::slot;
  op.slot_index = index;
  op.stamp(&op_times::submitted);
  counters_.in_flight.set(slots_.in_use());
  // Early, while the rest of the batch is still being staged: a device that is given a whole batch at once is idle
  // before it, and completes it at once, so that the next batch is one again. Measured at depth 32: a tenth more reads.
  if (op.file != nullptr && operation::on_disk(op.code) &&
      driver_.unsubmitted() >= std::max(least_submitted_early, slots_.in_use() / 8))
    submit_now();
  return true;
}

bool in_flight::stage(std::uint32_t index) {
  slot& used = slots_[index];
  operation& op = *used.op;
  const op_code code = used.is_written() ? op.then->code : op.code;
  const bool regular = op.file != nullptr && op.file->regular;
  portion part{0, op.length};
  op_code then = op_code::nop;
  if (operation::moves_bytes(code)) {
    part = next_portion(op);
    used.submitted = part.bytes;
    if (op.then != nullptr && used.moved + part.bytes == op.bytes) then = op.then->code;
  } else if (code == op_code::advise) {
    used.submitted = part.bytes = std::min(op.length, max_advised_at_once);
  }
  // Every field is given its value once: what is cleared first costs as much as all the rest.
  const submission what{.code = code,
                        .step = used.step,
                        .fd = descriptor_of(used),
                        .iovecs = op.iovecs,
                        .iovec_count = part.iovecs,
                        .offset = op.offset,
                        .length = part.bytes,
                        .mode = op.mode,
                        .arguments = op.arguments.get(),
                        .message = op.message,
                        .then = then,
                        .linked_deadline = linked_ && cancellable(op) && op.then == nullptr ? op.deadline : never,
                        .regular = regular,
                        .cached = regular && op.file->offset_alignment == 1 ? &op.file->cached : nullptr};
  if (!driver_.stage(slots_.name(index, cqe_kind::operation), what)) return false;
  // From here the kernel closes the number, and it may be another file's as soon as it has.
  if (op.code == op_code::close) number_given_up(op.file->take());
  if (op.syncs() && used.sync == 0) used.sync = op.file->syncs.begin();
  used.fsm.start(what.linked_deadline != never ? op_fsm::link::timeout
                 : then != op_code::nop        ? op_fsm::link::sync
                                               : op_fsm::link::nothing);
  counters_.submissions.add();
  return true;
}

bool in_flight::stage_or_enter(std::uint32_t index) {
  if (stage(index)) return true;
  counters_.sq_full.add();
  submit_now();
  return stage(index);
}

void in_flight::submit_now() noexcept {
  try {
    driver_.submit();
  } catch (const std::system_error&) {
    // Then there is no room, which every caller can bear; a kernel that has failed fails the turn's own enter() too.
  }
}

void in_flight::interrupt(operation& op, reason why) {
  const std::uint32_t index = op.slot_index;
  slot& used = slots_[index];
  if (cancellable(op) && used.fsm.interrupt(why) == op_fsm::action::submit_cancel) cancel(index);
  if (why == reason::deadline && may_be_left(used)) expire(index);
}

/// Its buffer is worth the moment until it is known whether the cancel found it: then it goes back to the caller.
void in_flight::expire(std::uint32_t index) {
  slot& used = slots_[index];
  used.late = used.op->buffer != nullptr && !used.is_written() && used.fsm.cancel_owed();
  if (!used.late) detach(index, op_result::of(errc::expired_in_flight, reported(used)));
}

void in_flight::cancel(std::uint32_t index) {
  const bool only_sync = !slots_[index].fsm.operation_owed();
  const token which = slots_.name(index, only_sync ? cqe_kind::sync : cqe_kind::operation);
  if (!driver_.stage_cancel(which)) {
    counters_.sq_full.add();
    submit_now();
    if (!driver_.stage_cancel(which)) {
      uncancelled_.push_back(which);
      return;
    }
  }
  slots_[index].fsm.cancel_submitted();
  counters_.cancels.add();
}

void in_flight::detach(std::uint32_t index, op_result result) {
  std::unique_ptr<left_behind> left(new (std::nothrow) left_behind);
  if (left == nullptr) return; // it is answered when the kernel lets go
  slot& used = slots_[index];
  operation& op = *std::exchange(used.op, nullptr);
  left->arguments = std::move(op.arguments);
  if (op.buffer != nullptr && !used.is_written()) left->buffer = std::move(*op.buffer);
  left->file = op.file;
  if (op.file != nullptr) op.file->add_reference();
  used.left = std::move(left);
  ++detached_;
  counters_.detached.add();
  told_.finish(op, result);
}

void in_flight::give_up() {
  slots_.for_each_operation([this](operation& op) {
    const std::uint32_t index = op.slot_index;
    if (!may_be_left(slots_[index])) return;
    interrupt(op, reason::stop);
    detach(index, given_up(op.code, reported(slots_[index])));
  });
}

bool in_flight::retry(std::int64_t now) {
  if (unstaged_.empty() && uncancelled_.empty() && missed_due_ > now) return true;
  if (now >= missed_due_) {
    missed_due_ = never;
    std::erase_if(missed_, [&](const missed_cancel& each) {
      if (each.due <= now)
        uncancelled_.push_back(each.which);
      else
        missed_due_ = std::min(missed_due_, each.due);
      return each.due <= now;
    });
  }
  const auto unstaged = std::exchange(unstaged_, {});
  for (const std::uint32_t index : unstaged) {
    const slot& used = slots_[index];
    if (used.op == nullptr)
      settle_detached(index);
    else if (used.fsm.interrupted() == reason::none)
      resubmit(index);
    else
      abandon(index);
  }
  const auto uncancelled = std::exchange(uncancelled_, {});
  for (const token which : uncancelled) {
    const slot* const used = slots_.find(which);
    if (used != nullptr && used->fsm.wants_cancel()) cancel(which.index());
  }
  return unstaged_.empty() && uncancelled_.empty();
}

std::size_t in_flight::reap() {
  std::size_t completions = 0;
  while (const std::size_t count = driver_.reap(reaped_)) {
    for (const completion& each : std::span(reaped_).first(count)) {
      if (each.which.kind() == cqe_kind::wake) continue;
      if (each.which.kind() == cqe_kind::message) {
        if (each.result < 0) told_.message_failed(each.which.index());
        continue;
      }
      complete(each);
      ++completions;
    }
  }
  return completions;
}

void in_flight::complete(const completion& came) {
  slot* const used = slots_.find(came.which);
  if (used == nullptr) return;
  op_fsm::action next = op_fsm::action::wait;
  if (came.which.kind() == cqe_kind::operation)
    next = on_operation(*used, came);
  else if (came.which.kind() == cqe_kind::timeout)
    next = used->fsm.on_timeout(came.result);
  else if (came.which.kind() == cqe_kind::sync)
    next = used->fsm.on_sync(came.result, used->is_written());
  else
    next = on_cancel(*used, came.result);
  if (next == op_fsm::action::settled) return settle(came.which.index());
  if (came.which.kind() == cqe_kind::cancel && (came.result == -ENOENT || came.result == -EALREADY))
    cancel_missed(came.which, *used);
  // It was late already, and now nothing of the caller's is involved any more.
  if (came.which.kind() == cqe_kind::operation && used->fsm.sync_owed() && used->is_written() && used->op != nullptr &&
      used->fsm.interrupted() == reason::deadline)
    expire(came.which.index());
}

op_fsm::action in_flight::on_operation(slot& used, const completion& came) {
  if (came.notification) return used.fsm.on_notification();
  const op_fsm::action next = used.fsm.on_operation(came.result, came.more);
  if (used.fsm.sync_owed() && came.result >= 0 && static_cast<std::uint64_t>(came.result) == used.submitted)
    note_written(used);
  if (!operation::answered_often(used.code)) return next;
  if (used.code == op_code::accept && came.result >= 0) {
    number_given(came.result);
    told_.arrived(*used.op, {.descriptor = came.result});
  } else if (came.buffer >= 0) {
    told_.arrived(*used.op, {.piece = &driver_.piece(came, used.op->message)});
  }
  return next;
}

void in_flight::note_written(slot& used) noexcept {
  used.moved += used.submitted;
  used.step = 1;
  if (used.op != nullptr) *used.op->then = {used.op->then->code, true, used.moved};
}

op_fsm::action in_flight::on_cancel(slot& used, std::int32_t result) {
  if (result == 0) counters_.cancels_found.add();
  if (result == -EALREADY) counters_.cancels_running.add();
  if (result == -ENOENT) counters_.cancels_missed.add();
  return used.fsm.on_cancel();
}

void in_flight::cancel_missed(token which, slot& used) {
  const bool may_wait = operation::moves_bytes(used.code) || operation::waits_for_others(used.code);
  if (!may_wait || !used.fsm.cancel_missed()) return;
  const std::int64_t due = driver_.now() + (missed_pause_ns << used.misses);
  used.misses = static_cast<std::uint8_t>(std::min(used.misses + 1, most_doublings));
  missed_.push_back({which, due});
  missed_due_ = std::min(missed_due_, due);
  if (used.late && used.op != nullptr && !waits_for_readiness(used))
    detach(which.index(), op_result::of(errc::expired_in_flight, reported(used)));
}

} // namespace shardbridge::detail
