// The admission word: how many operations and bytes are accepted, the level of pressure they make, and whether anybody
// waits, in one atomic.
//
// Threads: any. What is marked "locked" only under the lock of the queue of waiters.
//
//   63     62    61 60      40 39            0
//   +---------+-------+------+--------------+
//   | waiting | level | ops  |    bytes     |
//   +---------+-------+------+--------------+
//
// Invariants
//  1. ops <= max_ops and bytes <= max_bytes, always: room is looked for and taken in one read-modify-write.
//  2. While waiting is set nobody takes but for a waiter, so nobody overtakes.
//  3. waiting is set in the read-modify-write that found no room, and give() reads it in the one that makes room. So
//     either the waiter saw the room, or the giver sees the waiter: nobody waits while there is room for him.
//  4. level is what the marks make of ops, bytes and the level before, in the read-modify-write that changes them: it
//     cannot stick. One that would change the level is made under the lock, so that changes have an order.
#pragma once

#include <bridge/atomic.hpp>
#include <bridge/pressure_marks.hpp>

#include <cstddef>
#include <cstdint>

namespace shardbridge::detail {

class admission_word {
 public:
  static constexpr std::uint64_t ops_limit = (std::uint64_t{1} << 21U) - 1;
  static constexpr std::uint64_t bytes_limit = (std::uint64_t{1} << 40U) - 1;

  enum class taken : std::uint8_t {
    taken,
    full,
    crosses ///< nothing was taken, since the level would change
  };
  struct given {
    std::uint64_t ops_left;
    bool waiters; ///< the giver must grant what it gave
    bool crosses; ///< nothing was given, since the level would change
  };

  admission_word(std::uint64_t max_ops, std::uint64_t max_bytes, const watermarks& marks = {}) noexcept
      : word_(0), max_ops_(max_ops), max_bytes_(max_bytes), marks_(max_ops, max_bytes, marks) {}

  /// A permit for one operation of `bytes`. seq_cst: ordered against the delivery role, see reply_role.
  [[nodiscard]] taken try_take(std::uint64_t bytes) noexcept {
    taken out = taken::full;
    change([&](std::uint64_t old) {
      out = (old & waiting_bit) == 0 && room(old, bytes) ? taken::taken : taken::full;
      if (out == taken::full) return old;
      const std::uint64_t wanted = levelled(old, old + one(bytes));
      if (level_of(wanted) == level_of(old)) return wanted;
      out = taken::crosses;
      return old;
    });
    return out;
  }

  /// So much at once, if not more than `limit` are out then, the level is normal and nobody waits.
  [[nodiscard]] bool take_in_advance(std::uint64_t ops, std::uint64_t bytes, std::uint64_t limit_ops,
                                     std::uint64_t limit_bytes) noexcept {
    return change([&](std::uint64_t old) {
      const std::uint64_t wanted = old + amount(ops, bytes);
      const bool fits = ops_of(wanted) <= limit_ops && (old & bytes_limit) + bytes <= limit_bytes;
      return fits && (old & (waiting_bit | level_mask)) == 0 ? wanted : old;
    });
  }

  /// Locked. Takes, or else announces a waiter. `overtakes`: those who wait do not come first.
  [[nodiscard]] taken queue_or_take(std::uint64_t bytes, bool overtakes = false) noexcept {
    bool took = false;
    change([&](std::uint64_t old) {
      took = (overtakes || (old & waiting_bit) == 0) && room(old, bytes);
      return took ? levelled(old, old + one(bytes)) : old | waiting_bit;
    });
    return took ? taken::taken : taken::full;
  }

  /// Locked. For the first of the waiters.
  [[nodiscard]] taken take_for_waiter(std::uint64_t bytes) noexcept {
    return change([&](std::uint64_t old) { return room(old, bytes) ? levelled(old, old + one(bytes)) : old; })
               ? taken::taken
               : taken::full;
  }

  /// Locked.
  void no_more_waiters() noexcept { word_.fetch_and(~waiting_bit, memory_order_seq_cst); }

  [[nodiscard]] given give(std::uint64_t ops, std::uint64_t bytes) noexcept {
    bool crosses = false;
    std::uint64_t left = 0;
    change([&](std::uint64_t old) {
      left = levelled(old, old - amount(ops, bytes));
      crosses = level_of(left) != level_of(old);
      return crosses ? old : left;
    });
    return {ops_of(left), (left & waiting_bit) != 0, crosses};
  }
  /// Locked. Gives though the level changes.
  given give_locked(std::uint64_t ops, std::uint64_t bytes) noexcept {
    std::uint64_t left = 0;
    change([&](std::uint64_t old) { return left = levelled(old, old - amount(ops, bytes)); });
    return {ops_of(left), (left & waiting_bit) != 0, false};
  }

  [[nodiscard]] std::uint64_t ops() const noexcept { return ops_of(word_.load(memory_order_seq_cst)); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return word_.load(memory_order_relaxed) & bytes_limit; }
  [[nodiscard]] pressure_level level() const noexcept { return level_of(word_.load(memory_order_acquire)); }

 private:
  static constexpr unsigned ops_shift = 40;
  static constexpr unsigned level_shift = 61;
  static constexpr std::uint64_t waiting_bit = std::uint64_t{1} << 63U;
  static constexpr std::uint64_t level_mask = std::uint64_t{3} << level_shift;

  static std::uint64_t amount(std::uint64_t ops, std::uint64_t bytes) noexcept { return (ops << ops_shift) + bytes; }
  static std::uint64_t one(std::uint64_t bytes) noexcept { return amount(1, bytes); }
  static std::uint64_t ops_of(std::uint64_t word) noexcept { return (word >> ops_shift) & ops_limit; }
  static pressure_level level_of(std::uint64_t word) noexcept {
    return static_cast<pressure_level>((word & level_mask) >> level_shift);
  }
  [[nodiscard]] std::uint64_t levelled(std::uint64_t old, std::uint64_t wanted) const noexcept {
    const pressure_level level = marks_.next(level_of(old), ops_of(wanted), wanted & bytes_limit);
    return (wanted & ~level_mask) | (static_cast<std::uint64_t>(level) << level_shift);
  }
  [[nodiscard]] bool room(std::uint64_t word, std::uint64_t bytes) const noexcept {
    return ops_of(word) < max_ops_ && (word & bytes_limit) + bytes <= max_bytes_;
  }

  /// Applies `next` in one read-modify-write; false if there was nothing to change.
  template <class Next>
  bool change(Next next) noexcept {
    std::uint64_t old = word_.load(memory_order_relaxed);
    for (;;) {
      const std::uint64_t wanted = next(old);
      if (wanted == old) return false;
      if (word_.compare_exchange_weak(old, wanted, memory_order_seq_cst, memory_order_relaxed)) return true;
    }
  }

  atomic<std::uint64_t> word_;
  const std::uint64_t max_ops_;
  const std::uint64_t max_bytes_;
  const pressure_marks marks_;
};

} // namespace shardbridge::detail
