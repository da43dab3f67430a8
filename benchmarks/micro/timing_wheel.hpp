// The peer of the deadline heap in shardbridge-micro-timers, not part of the library: a hierarchical timing wheel
// (Varghese, Lauck: "Hashed and hierarchical timing wheels", 1987).
//
// Deadlines are rounded up to ticks of 2^20 ns, about 1 ms, so that nothing is reported early and nothing later than
// one granule. The levels are the digits of a tick, base 64. An operation is on the level of the highest digit in which
// its tick differs from the present one, in the slot of that digit: all of a level is due before all of the levels
// above it, all of a slot before all of the slots behind it. So the first bit that is set leads to the earliest.
#pragma once

#include <shardbridge/detail/operation.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace shardbridge::bench {

/// With the interface of detail::deadline_heap. Takes the operation's links as well as its index, and no `never`.
class timing_wheel {
 public:
  static constexpr std::uint32_t absent = UINT32_MAX;
  static constexpr int granule_bits = 20;
  static constexpr std::int64_t granule = std::int64_t{1} << granule_bits;

  [[nodiscard]] bool empty() const noexcept { return levels_ == 0; }

  /// When to call pop_due() next: before the first operation is a granule late, but possibly for nothing, since only
  /// the lowest level tells its slots' ticks exactly. `never` if empty.
  [[nodiscard]] std::int64_t earliest() const noexcept {
    return empty() ? detail::never : static_cast<std::int64_t>(start_of(first())) << granule_bits;
  }

  /// `op` must not be in a wheel.
  void insert(detail::operation& op) noexcept {
    const std::int64_t rounded_up = (op.deadline >> granule_bits) + ((op.deadline & (granule - 1)) != 0 ? 1 : 0);
    const std::uint64_t tick = no_earlier_than_present(rounded_up);
    const auto differing = static_cast<unsigned>(std::bit_width((tick ^ tick_) | 1));
    const unsigned level = (differing - 1) / digit_bits;
    const unsigned digit = static_cast<unsigned>(tick >> (level * digit_bits)) % base;
    link(op, level * base + digit);
  }

  /// Nothing happens if `op` is not in it.
  void erase(detail::operation& op) noexcept {
    const std::uint32_t slot = std::exchange(op.heap_index, absent);
    if (slot == absent) return;
    (op.previous != nullptr ? op.previous->next : slots_[slot]) = op.next;
    if (op.next != nullptr) op.next->previous = op.previous;
    op.previous = op.next = nullptr;
    if (slots_[slot] == nullptr) mark_empty(slot);
  }

  /// One of the operations of the earliest tick, taken out, if that is not after `now`; else nullptr.
  detail::operation* pop_due(std::int64_t now) noexcept {
    const std::uint64_t present = no_earlier_than_present(now >> granule_bits);
    while (!empty()) {
      const std::uint32_t slot = first();
      const std::uint64_t start = start_of(slot);
      if (start > present) break;
      tick_ = start;
      if (slot < base) {
        detail::operation* const op = slots_[slot];
        erase(*op);
        return op;
      }
      cascade(slot);
    }
    tick_ = present; // before the first slot's start, so all are in their places still
    return nullptr;
  }

 private:
  static constexpr unsigned digit_bits = 6;
  static constexpr unsigned base = 1U << digit_bits;
  static constexpr unsigned levels = (64 - granule_bits + digit_bits - 1) / digit_bits; // enough for any tick

  [[nodiscard]] std::uint64_t no_earlier_than_present(std::int64_t tick) const noexcept {
    return tick < 0 ? tick_ : std::max(tick_, static_cast<std::uint64_t>(tick));
  }

  [[nodiscard]] std::uint32_t first() const noexcept {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    return level * base + static_cast<unsigned>(std::countr_zero(occupied_[level]));
  }

  /// The first tick of a slot.
  [[nodiscard]] std::uint64_t start_of(std::uint32_t slot) const noexcept {
    const unsigned shift = slot / base * digit_bits;
    const std::uint64_t digits_above = tick_ >> shift >> digit_bits << digit_bits;
    return (digits_above | slot % base) << shift;
  }

  void link(detail::operation& op, std::uint32_t slot) noexcept {
    detail::operation*& head = slots_[slot];
    op.heap_index = slot;
    op.previous = nullptr;
    op.next = head;
    if (head != nullptr) head->previous = &op;
    head = &op;
    occupied_[slot / base] |= std::uint64_t{1} << slot % base;
    levels_ |= 1U << slot / base;
  }

  void mark_empty(std::uint32_t slot) noexcept {
    std::uint64_t& level = occupied_[slot / base];
    level &= ~(std::uint64_t{1} << slot % base);
    if (level == 0) levels_ &= ~(1U << slot / base);
  }

  /// Each operation goes to a level below, the present tick being the slot's first.
  void cascade(std::uint32_t slot) noexcept {
    detail::operation* op = std::exchange(slots_[slot], nullptr);
    mark_empty(slot);
    while (op != nullptr)
      insert(*std::exchange(op, op->next));
  }

  std::uint64_t tick_ = 0;                       ///< the present
  std::uint32_t levels_ = 0;                     ///< a bit for each that is not empty
  std::array<std::uint64_t, levels> occupied_{}; ///< by level, a bit for each slot that is not empty
  std::array<detail::operation*, std::size_t{levels} * base> slots_{};
};

} // namespace shardbridge::bench
