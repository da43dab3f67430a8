// The operations a shard has in the kernel: a fixed table, its index and a generation making the `user_data` of every
// SQE, so that no CQE and no cancel can ever be taken for another operation's.
#pragma once

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/operation.hpp>
#include <shardbridge/owned_buffer.hpp>

#include <shard_side/op_fsm.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <vector>

namespace shardbridge::detail {

/// sync: that is linked behind a write. message: of a wake from another ring, or that one sent from here failed; its
/// index is the shard it was sent to.
enum class cqe_kind : std::uint8_t { operation = 1, timeout = 2, cancel = 3, wake = 4, message = 5, sync = 6 };

/// What `user_data` says: 32 bits of generation, 24 of index, 8 of kind. Kept as that one word: one that is put
/// together from fields and then read as a whole has the processor wait for the fields to be stored.
class token {
 public:
  constexpr token() noexcept = default;
  constexpr token(std::uint32_t generation, std::uint32_t index, cqe_kind kind) noexcept
      : data_((std::uint64_t{generation} << 32U) | (std::uint64_t{index} << 8U) | static_cast<std::uint64_t>(kind)) {}

  [[nodiscard]] static constexpr token unpack(std::uint64_t data) noexcept {
    token out;
    out.data_ = data;
    return out;
  }
  [[nodiscard]] constexpr std::uint64_t pack() const noexcept { return data_; }

  [[nodiscard]] constexpr std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(data_ >> 32U); }
  [[nodiscard]] constexpr std::uint32_t index() const noexcept {
    return static_cast<std::uint32_t>(data_ >> 8U) & 0xffffffU;
  }
  [[nodiscard]] constexpr cqe_kind kind() const noexcept { return static_cast<cqe_kind>(data_ & 0xffU); }
  [[nodiscard]] constexpr token as(cqe_kind other) const noexcept { return {generation(), index(), other}; }

 private:
  std::uint64_t data_ = 0;
};

/// What the kernel may still use of an operation that was answered before its terminal CQE.
struct left_behind {
  descriptor* file = nullptr;
  std::unique_ptr<kernel_arguments> arguments;
  owned_buffer buffer;
};

struct slot {
  operation* op = nullptr; ///< nullptr: answered already, the kernel still works on it
  op_fsm fsm;
  op_code code{};
  bool patient = false;           ///< see operation::patient
  bool late = false;              ///< its deadline has passed; it waits for what the cancel finds
  std::uint8_t step = 0;          ///< of an operation of several different SQEs: of a write with a sync 1, when written
  std::uint8_t interruptions = 0; ///< submissions that ended with EINTR
  std::uint8_t misses = 0;        ///< cancels that did not find it
  std::uint32_t generation = 1;
  int opened = -1;              ///< by an open whose second step is under way
  std::uint64_t moved = 0;      ///< bytes, by submissions that have settled
  std::uint64_t submitted = 0;  ///< bytes of the submission under way
  sync_ledger::ticket sync = 0; ///< of a sync that the kernel has been asked for
  std::unique_ptr<left_behind> left;

  /// Of a write with a sync behind it: only the sync is left, and the bytes are the caller's again.
  [[nodiscard]] bool is_written() const noexcept { return code == op_code::write && step == 1; }
};
static_assert(sizeof(slot) == 64, "one cache line an operation");

class slot_table {
 public:
  static constexpr std::uint32_t capacity_limit = 1U << 24U;

  explicit slot_table(std::uint32_t capacity)
      : slots_(capacity), most_patient_(capacity - std::clamp(capacity / 16, std::uint32_t{1}, std::uint32_t{64})) {
    free_.reserve(capacity);
    for (std::uint32_t index = capacity; index-- > 0;)
      free_.push_back(index);
  }

  [[nodiscard]] bool full() const noexcept { return free_.empty(); }
  /// A sixteenth, at least one and at most 64, is kept from operations that may wait for ever: what they wait for may
  /// need a slot.
  [[nodiscard]] bool has_room_for_patient() const noexcept { return patient_ < most_patient_; }
  [[nodiscard]] std::size_t in_use() const noexcept { return slots_.size() - free_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return slots_.size(); }

  /// Not when full().
  std::uint32_t acquire(operation& op) noexcept {
    assert(!full());
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slot& taken = slots_[index];
    taken.op = &op;
    taken.fsm = op_fsm{};
    taken.code = op.code;
    taken.step = 0;
    taken.moved = taken.submitted = 0;
    taken.opened = -1;
    taken.late = false;
    taken.interruptions = taken.misses = 0;
    taken.patient = op.patient;
    if (op.patient) ++patient_;
    return index;
  }

  /// At the terminal CQE. Whatever still names this use of the slot finds nothing from here on.
  void release(std::uint32_t index) noexcept {
    slot& given = slots_[index];
    assert(given.left == nullptr && given.sync == 0);
    given.op = nullptr;
    if (given.patient) --patient_;
    ++given.generation;
    free_.push_back(index);
  }

  [[nodiscard]] slot& operator[](std::uint32_t index) noexcept { return slots_[index]; }
  [[nodiscard]] token name(std::uint32_t index, cqe_kind kind) const noexcept {
    return {slots_[index].generation, index, kind};
  }
  /// nullptr: it names a use that is over.
  [[nodiscard]] slot* find(token which) noexcept {
    if (which.index() >= slots_.size() || slots_[which.index()].generation != which.generation()) return nullptr;
    return &slots_[which.index()];
  }

  /// Every operation that has a slot and no answer yet.
  template <class Visit>
  void for_each_operation(Visit visit) {
    for (const slot& each : slots_)
      if (each.op != nullptr) visit(*each.op);
  }

 private:
  std::vector<slot> slots_;
  const std::uint32_t most_patient_;
  std::uint32_t patient_ = 0; ///< slots in use by such
  std::vector<std::uint32_t> free_;
};

} // namespace shardbridge::detail
