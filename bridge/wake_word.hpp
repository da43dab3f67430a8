// The wake word: one atomic that decides whether an eventfd write is owed.
//
// Threads: any number of producers call publish(); exactly one consumer calls observe(), try_arm() and disarm().
//
//   63         32 31      30           0
//   +------------+--------+-------------+
//   |  sequence  | closed |   ticket    |     asleep  <=>  ticket == sequence (mod 2^31) and not closed
//   +------------+--------+-------------+
//
//              try_arm: ticket := sequence seen           publish: sequence + 1
//      awake ------------------------------------> asleep ----------------------> awake, one wake owed
//        ^                                            |
//        +--------------------------------------------+
//              disarm: ticket := sequence - 1
//
// Invariants
//  1. Only the consumer writes the ticket, only producers move the sequence, each by one read-modify-write of the word:
//     so of all producers that publish during one sleep exactly one sees "asleep", and it alone owes the eventfd write.
//  2. The consumer sleeps only if no publish came since the observe() whose sequence it passes to try_arm(). A producer
//     pushes its item before it publishes, so an item is found either by the look between the two or by the wake.
//  3. While the consumer is awake a sequence that runs round once in 2^31 publishes can meet the stale ticket: that
//     costs one wake nobody needed and loses none, since a publish that sees "awake" in truth happened before the
//     next arm.
//  4. closed is sticky. Whoever publishes afterwards learns it and takes back what it pushed.
#pragma once

#include <bridge/atomic.hpp>

#include <cstdint>

namespace shardbridge::detail {

class wake_word {
 public:
  enum class published : std::uint8_t { awake, wake_owed, closed };
  enum class armed : std::uint8_t { asleep, missed };
  enum class disarmed : std::uint8_t { unclaimed, wake_coming };

  /// After the push of an item; release: pairs with the acquire of observe() and try_arm().
  [[nodiscard]] published publish() noexcept {
    const std::uint64_t old = word_.fetch_add(one_publish, memory_order_acq_rel);
    if ((old & closed_bit) != 0) return published::closed;
    return asleep(old) ? published::wake_owed : published::awake;
  }

  /// What the consumer has seen, before it looks for items; acquire: every item published up to it is visible.
  [[nodiscard]] std::uint32_t observe() const noexcept { return sequence(word_.load(memory_order_acquire)); }

  /// `missed`: something was published after `seen` was observed; look again. acq_rel: a producer that sees "asleep"
  /// also sees all that the consumer did before it slept.
  [[nodiscard]] armed try_arm(std::uint32_t seen) noexcept {
    std::uint64_t old = word_.load(memory_order_relaxed);
    for (;;) {
      if (sequence(old) != seen) return armed::missed;
      const std::uint64_t wanted = (old & ~ticket_mask) | (seen & ticket_mask);
      if (word_.compare_exchange_weak(old, wanted, memory_order_acq_rel, memory_order_relaxed)) return armed::asleep;
    }
  }

  /// The consumer woke for another reason. `wake_coming`: a producer has claimed this sleep and its write is under way.
  [[nodiscard]] disarmed disarm(std::uint32_t seen) noexcept {
    std::uint64_t old = word_.load(memory_order_relaxed);
    for (;;) {
      if (sequence(old) != seen) return disarmed::wake_coming;
      const std::uint64_t wanted = (old & ~ticket_mask) | ((seen - 1) & ticket_mask);
      if (word_.compare_exchange_weak(old, wanted, memory_order_acq_rel, memory_order_relaxed))
        return disarmed::unclaimed;
    }
  }

  /// The consumer takes nothing more. acq_rel: items of every publish that did not learn of it are visible afterwards.
  void close() noexcept { word_.fetch_or(closed_bit, memory_order_acq_rel); }

  [[nodiscard]] std::uint64_t raw() const noexcept { return word_.load(memory_order_relaxed); }

  /// A word whose sequence starts at `first`, for tests of the wrap-around.
  explicit wake_word(std::uint32_t first = 0) noexcept
      : word_((std::uint64_t{first} << 32U) | ((first - 1) & ticket_mask)) {}

 private:
  static constexpr std::uint64_t one_publish = std::uint64_t{1} << 32U;
  static constexpr std::uint64_t closed_bit = std::uint64_t{1} << 31U;
  static constexpr std::uint64_t ticket_mask = closed_bit - 1;

  static std::uint32_t sequence(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 32U); }
  static bool asleep(std::uint64_t word) noexcept { return (sequence(word) & ticket_mask) == (word & ticket_mask); }

  atomic<std::uint64_t> word_;
};

} // namespace shardbridge::detail
