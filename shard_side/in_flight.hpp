// The operations a shard has in the kernel: puts them there, interrupts them, continues them, and reports how they
// ended.
//
// Threads: the shard's own.
//
// Invariants
//  1. A slot is freed when every CQE it is owed has come, never before; what the kernel may still touch stays until
//     then.
//  2. Every operation started is reported to the sink exactly once: when its slot settles, or before, when it is
//     detached.
//  3. What finds no room in the SQ is kept and staged after the next enter().
//  4. What may wait for others and whose cancel missed is cancelled again, ever more seldom, until it ends: the
//     kernel does not find it while it is tried, and lets it wait for readiness after that, if the file can be
//     polled (see tests/kernel), as some regular ones can: the kernel's trace_pipe, files of a file system in user
//     space.
#pragma once

#include <shard_side/driver.hpp>
#include <shard_side/loop_counters.hpp>
#include <shard_side/slot_table.hpp>
#include <shard_side/verdict.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace shardbridge::detail {

class in_flight {
 public:
  using reason = op_fsm::reason;

  /// Who is told what has ended.
  class sink {
   public:
    virtual void finish(operation& op, op_result result) = 0;
    /// One answer of one that is answered often, before it ends.
    virtual void arrived(operation& op, const arrival& what) = 0;
    /// It has left the kernel and ends when others have: the file's sync_ledger holds it.
    virtual void park(operation& held) = 0;
    /// A parked operation may go on, of whatever shard: the descriptor or its ledger has let it go.
    virtual void announce(operation& parked) = 0;
    /// A message to this shard has failed.
    virtual void message_failed(std::uint32_t shard) = 0;

   protected:
    ~sink() = default;
  };

  in_flight(driver& kernel, std::uint32_t capacity, bool linked_timeouts, loop_counters& counters, sink& told);

  /// False: no slot is free for it, or the SQ is full even after an enter(); nothing has happened.
  [[nodiscard]] bool start(operation& op);

  /// Ends it early where that can be done: `op` is in a slot.
  void interrupt(operation& op, reason why);

  /// Every operation in the kernel that `matches`.
  template <class Matches>
  void interrupt_if(Matches matches, reason why) {
    slots_.for_each_operation([&](operation& op) {
      if (matches(op)) interrupt(op, why);
    });
  }

  /// Every operation in the kernel that has no answer yet.
  template <class Visit>
  void for_each(Visit visit) {
    slots_.for_each_operation(visit);
  }

  /// A stopped shard waits no longer: every operation that may be answered before its terminal CQE is.
  void give_up();

  /// Takes the completions that have come. Returns how many there were, those of the wake not counted.
  std::size_t reap();

  /// Stages again what found no room, and what is due. False: something still finds no room.
  bool retry(std::int64_t now);
  /// When there is something to retry for another reason than room; steady clock, nanoseconds.
  [[nodiscard]] std::int64_t due() const noexcept { return missed_due_; }

  [[nodiscard]] bool full() const noexcept { return slots_.full(); }
  /// Some slots are kept from patient operations.
  [[nodiscard]] bool has_room_for_patient() const noexcept { return slots_.has_room_for_patient(); }
  [[nodiscard]] std::size_t size() const noexcept { return slots_.in_use(); }
  /// Those that have no answer yet.
  [[nodiscard]] std::size_t unanswered() const noexcept { return slots_.in_use() - detached_; }

 private:
  bool stage(std::uint32_t index);
  bool stage_or_enter(std::uint32_t index);
  void submit_now() noexcept;
  void cancel(std::uint32_t index);
  void expire(std::uint32_t index);
  void detach(std::uint32_t index, op_result result);
  void complete(const completion& came);
  op_fsm::action on_operation(slot& used, const completion& came);
  void note_written(slot& used) noexcept;
  op_fsm::action on_cancel(slot& used, std::int32_t result);
  void cancel_missed(token which, slot& used);
  void settle(std::uint32_t index);
  bool advise_rest(std::uint32_t index);
  void settle_open(std::uint32_t index);
  void settle_detached(std::uint32_t index);
  void resubmit(std::uint32_t index);
  void abandon(std::uint32_t index);
  void finish(std::uint32_t index, op_result result);
  void settle_sync(std::uint32_t index);
  void finish_sync(operation& op, sync_ledger::ticket sync, op_result result);
  void announce(const sync_ledger::released& released);

  driver& driver_;
  const bool linked_;
  loop_counters& counters_;
  sink& told_;
  slot_table slots_;
  std::vector<std::uint32_t> unstaged_;
  std::vector<token> uncancelled_;
  /// An operation whose cancel did not find it, and when it is cancelled again.
  struct missed_cancel {
    token which;
    std::int64_t due;
  };
  std::vector<missed_cancel> missed_;
  std::int64_t missed_due_ = never; ///< the earliest of them
  std::size_t detached_ = 0;        ///< slots without an operation
  std::array<completion, 64> reaped_{};
};

} // namespace shardbridge::detail
