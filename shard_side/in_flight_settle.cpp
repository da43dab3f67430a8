// What becomes of an operation when every CQE that it was owed has come.
#include <shard_side/in_flight.hpp>

#include <bridge/descriptor_number.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <unistd.h>

namespace shardbridge::detail {
namespace {

void note_interruption(slot& used) noexcept {
  if (used.fsm.result() == -EINTR) ++used.interruptions;
}

void advance(operation& op, std::uint64_t moved) noexcept {
  op.offset += moved;
  while (moved > 0) {
    iovec& first = *op.iovecs;
    const std::size_t step = std::min<std::uint64_t>(moved, first.iov_len);
    first.iov_base = static_cast<std::byte*>(first.iov_base) + step;
    first.iov_len -= step;
    moved -= step;
    if (first.iov_len == 0) {
      ++op.iovecs;
      --op.iovec_count;
    }
  }
}

} // namespace

void in_flight::settle(std::uint32_t index) {
  slot& used = slots_[index];
  if (used.op == nullptr) return settle_detached(index);
  const operation& op = *used.op;
  if (op.code == op_code::open) return settle_open(index);
  if (used.is_written()) return settle_sync(index);

  const transfer what{.code = op.code,
                      .moved_before = used.moved,
                      .wanted = used.submitted,
                      .rest = op.bytes - used.moved - used.submitted,
                      .continues =
                          op.code == op_code::send || op.then != nullptr || (op.file != nullptr && op.file->regular),
                      .alignment = op.file != nullptr ? op.file->offset_alignment : 1,
                      .interruptions = used.interruptions};
  // Apart, so that the result stays in registers: what is put together in memory and read back at once makes the
  // processor wait.
  if (whole(used.fsm, what) && op.then == nullptr && op.code != op_code::advise)
    return finish(index, {result_kind::success, 0, used.moved + static_cast<std::uint64_t>(used.fsm.result())});
  const verdict outcome = judge(used.fsm, what);
  if (outcome.done && outcome.result == op_result{} && advise_rest(index)) return;
  // A write that gets nowhere is no reason to sync.
  if (outcome.done && op.then != nullptr && outcome.result.kind == result_kind::success)
    return finish(index, {result_kind::system_error, EIO, outcome.result.value});
  if (outcome.done) return finish(index, outcome.result);
  note_interruption(used);
  advance(*used.op, outcome.result.value - used.moved);
  used.moved = outcome.result.value;
  resubmit(index);
}

/// Of a write that has done its part.
void in_flight::settle_sync(std::uint32_t index) {
  slot& used = slots_[index];
  const verdict outcome = judge(used.fsm, {.code = used.op->then->code, .interruptions = used.interruptions});
  if (outcome.done) return finish(index, outcome.result);
  note_interruption(used);
  resubmit(index);
}

/// Of advice about more than one submission can take. False: it is given.
bool in_flight::advise_rest(std::uint32_t index) {
  slot& used = slots_[index];
  operation& op = *used.op;
  if (op.code != op_code::advise || op.length <= used.submitted) return false;
  if (used.fsm.interrupted() != reason::none) {
    abandon(index);
    return true;
  }
  op.offset += used.submitted;
  op.length -= used.submitted;
  resubmit(index);
  return true;
}

void in_flight::settle_open(std::uint32_t index) {
  slot& used = slots_[index];
  const verdict outcome = judge(used.fsm, {.code = op_code::open, .interruptions = used.interruptions});
  if (!outcome.done) {
    note_interruption(used);
    return resubmit(index);
  }
  if (outcome.result.kind != result_kind::success) {
    if (used.opened >= 0) ::close(used.opened);
    return finish(index, outcome.result);
  }
  if (used.step == 0) {
    used.opened = static_cast<int>(outcome.result.value);
    number_given(used.opened);
    used.step = 1;
    return resubmit(index);
  }
  finish(index, {result_kind::success, 0, static_cast<std::uint64_t>(used.opened)});
}

void in_flight::settle_detached(std::uint32_t index) {
  slot& used = slots_[index];
  // Nobody is left to own what a late open brought.
  if (used.opened >= 0)
    ::close(used.opened);
  else if (used.code == op_code::open && used.fsm.result() >= 0) {
    number_given(used.fsm.result());
    ::close(used.fsm.result());
  }
  descriptor* const file = used.left->file;
  used.left.reset();
  const sync_ledger::ticket sync = std::exchange(used.sync, 0);
  const bool tried = used.code != op_code::write || used.is_written(); // else there was no sync yet that could fail
  const int error = tried ? std::max(-used.fsm.result(), 0) : 0;
  slots_.release(index);
  --detached_;
  counters_.in_flight.set(slots_.in_use());
  if (file == nullptr) return;
  if (sync != 0) {
    sync_ledger::released released;
    static_cast<void>(file->syncs.end(sync, error, nullptr, released));
    announce(released);
  }
  if (operation* const parked = file->release()) told_.announce(*parked);
}

void in_flight::resubmit(std::uint32_t index) {
  if (!stage_or_enter(index)) unstaged_.push_back(index);
}

void in_flight::abandon(std::uint32_t index) {
  slot& used = slots_[index];
  if (used.opened >= 0) ::close(used.opened);
  finish(index, interrupted_in_flight(used.fsm.interrupted(), used.moved));
}

void in_flight::finish(std::uint32_t index, op_result result) {
  operation& op = *slots_[index].op;
  const sync_ledger::ticket sync = std::exchange(slots_[index].sync, 0);
  slots_.release(index);
  counters_.in_flight.set(slots_.in_use());
  if (sync != 0)
    finish_sync(op, sync, result);
  else
    told_.finish(op, result);
}

void in_flight::finish_sync(operation& op, sync_ledger::ticket sync, op_result result) {
  const bool tried = op.is_sync() || op.then->written;
  const bool success = tried && result.kind == result_kind::success;
  const int error = tried && result.kind == result_kind::system_error ? result.error : 0;
  sync_ledger::released released;
  if (op.file->syncs.end(sync, error, success ? &op : nullptr, released))
    told_.park(op);
  else
    told_.finish(op, success ? op.result : result);
  announce(released);
}

void in_flight::announce(const sync_ledger::released& released) {
  for (operation* const each : released)
    told_.announce(*each);
}

} // namespace shardbridge::detail
