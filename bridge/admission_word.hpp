// The admission word: how many operations and bytes are accepted, and whether anybody waits, in one atomic.
//
// Threads: any. queue_or_take() and take_for_waiter() only under the lock of the queue of waiters.
//
//   63     62      40 39            0
//   +---------+------+--------------+
//   | waiting | ops  |    bytes     |
//   +---------+------+--------------+
//
// Invariants
//  1. ops <= max_ops and bytes <= max_bytes, always: room is looked for and taken in one read-modify-write.
//  2. While waiting is set nobody takes but for a waiter, so nobody overtakes.
//  3. waiting is set in the read-modify-write that found no room, and give() reads it in the one that makes room. So
//  either
//     the waiter saw the room, or the giver sees the waiter: nobody waits while there is room for him.
#pragma once

#include <bridge/atomic.hpp>

#include <cstddef>
#include <cstdint>

namespace shardbridge::detail {

class admission_word {
 public:
  static constexpr std::uint64_t ops_limit = std::uint64_t{1} << 22U;
  static constexpr std::uint64_t bytes_limit = (std::uint64_t{1} << 40U) - 1;

  enum class taken : std::uint8_t { taken, full };
  struct given {
    std::uint64_t ops_left;
    bool waiters; ///< the giver must grant what it gave
  };

  admission_word(std::uint64_t max_ops, std::uint64_t max_bytes) noexcept
      : word_(0), max_ops_(max_ops), max_bytes_(max_bytes) {}

  /// A permit for one operation of `bytes`. seq_cst: ordered against the delivery role, see reply_role.
  [[nodiscard]] taken try_take(std::uint64_t bytes) noexcept {
    return change(
               [&](std::uint64_t old) { return (old & waiting_bit) == 0 && room(old, bytes) ? old + one(bytes) : old; })
               ? taken::taken
               : taken::full;
  }

  /// Like try_take(), but where there is no room, announces a waiter.
  [[nodiscard]] taken queue_or_take(std::uint64_t bytes) noexcept {
    bool took = false;
    change([&](std::uint64_t old) {
      took = (old & waiting_bit) == 0 && room(old, bytes);
      return took ? old + one(bytes) : old | waiting_bit;
    });
    return took ? taken::taken : taken::full;
  }

  /// For the first of the waiters.
  [[nodiscard]] taken take_for_waiter(std::uint64_t bytes) noexcept {
    return change([&](std::uint64_t old) { return room(old, bytes) ? old + one(bytes) : old; }) ? taken::taken
                                                                                                : taken::full;
  }

  void no_more_waiters() noexcept { word_.fetch_and(~waiting_bit, memory_order_seq_cst); }

  given give(std::uint64_t ops, std::uint64_t bytes) noexcept {
    const std::uint64_t amount = (ops << ops_shift) + bytes;
    const std::uint64_t left = word_.fetch_sub(amount, memory_order_seq_cst) - amount;
    return {ops_of(left), (left & waiting_bit) != 0};
  }

  [[nodiscard]] std::uint64_t ops() const noexcept { return ops_of(word_.load(memory_order_seq_cst)); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return word_.load(memory_order_relaxed) & bytes_limit; }

 private:
  static constexpr unsigned ops_shift = 40;
  static constexpr std::uint64_t waiting_bit = std::uint64_t{1} << 63U;

  static std::uint64_t one(std::uint64_t bytes) noexcept { return (std::uint64_t{1} << ops_shift) + bytes; }
  static std::uint64_t ops_of(std::uint64_t word) noexcept { return (word & ~waiting_bit) >> ops_shift; }
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
};

} // namespace shardbridge::detail
