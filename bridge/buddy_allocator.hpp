// The buddy allocator: which blocks of a region are free. A block of order n is 2^n units at a multiple of 2^n units;
// it is split into two buddies of order n - 1, and two free buddies become one block again. It counts in units and
// never touches the region, which the kernel may be writing to and which may be poisoned where it is free.
//
// Threads: one at a time.
//
// Invariants
//  1. Every unit is in exactly one block, free or taken.
//  2. order_if_free says an order at the first unit of a free block of that order, and `not_free` at all other units.
//  3. A free block is in the list of its order, and a bit of free_orders_ is set while the list of that order has one.
//  4. No two free blocks are buddies, but for those of the largest order, which have none. So an aligned range that
//     is free is always found.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace shardbridge::detail {

class buddy_allocator {
 public:
  /// `count` blocks of order `largest`, all free. Fewer than 2^32 - 32 units in all. Throws std::bad_alloc.
  buddy_allocator(std::uint32_t count, unsigned largest)
      : largest_(largest), units_(count << largest), nodes_(std::size_t{units_} + largest + 1) {
    assert(largest < 32 && (std::uint64_t{count} << largest) + largest < UINT32_MAX);
    for (unsigned order = 0; order <= largest; ++order)
      nodes_[head(order)] = {head(order), head(order), not_free};
    for (std::uint32_t block = units_; block > 0;)
      insert(block -= size_of(largest), largest);
  }

  /// The first unit of a block that was free, from the smallest that suffices. Nothing: there is none.
  [[nodiscard]] std::optional<std::uint32_t> allocate(unsigned order) noexcept {
    assert(order <= largest_);
    const std::uint32_t suffice = free_orders_ & ~(size_of(order) - 1);
    if (suffice == 0) return std::nullopt;
    auto from = static_cast<unsigned>(std::countr_zero(suffice));
    const std::uint32_t block = nodes_[head(from)].next;
    erase(block, from);
    while (from > order) {
      --from;
      insert(block + size_of(from), from);
    }
    return block;
  }

  /// `block` must come from allocate(order).
  void release(std::uint32_t block, unsigned order) noexcept {
    assert(order <= largest_ && block < units_ && block % size_of(order) == 0);
    assert(nodes_[block].order_if_free == not_free && "released twice");
    for (; order < largest_; ++order) {
      const std::uint32_t buddy = block ^ size_of(order);
      if (nodes_[buddy].order_if_free != order) break;
      erase(buddy, order);
      block &= ~size_of(order);
    }
    insert(block, order);
  }

 private:
  static constexpr std::uint8_t not_free = UINT8_MAX;

  /// One a unit, then the heads of the circular lists, one an order.
  struct node {
    std::uint32_t next = 0;
    std::uint32_t previous = 0;
    std::uint8_t order_if_free = not_free;
  };

  static std::uint32_t size_of(unsigned order) noexcept { return std::uint32_t{1} << order; }
  [[nodiscard]] std::uint32_t head(unsigned order) const noexcept { return units_ + order; }

  // Last in, first out: what was used last is likely to be in the cache.
  void insert(std::uint32_t block, unsigned order) noexcept {
    node& first = nodes_[head(order)];
    nodes_[block] = {first.next, head(order), static_cast<std::uint8_t>(order)};
    nodes_[first.next].previous = block;
    first.next = block;
    free_orders_ |= size_of(order);
  }

  void erase(std::uint32_t block, unsigned order) noexcept {
    node& gone = nodes_[block];
    nodes_[gone.previous].next = gone.next;
    nodes_[gone.next].previous = gone.previous;
    gone.order_if_free = not_free;
    if (nodes_[head(order)].next == head(order)) free_orders_ &= ~size_of(order);
  }

  const unsigned largest_;
  const std::uint32_t units_;
  std::uint32_t free_orders_ = 0;
  std::vector<node> nodes_;
};

} // namespace shardbridge::detail
