// A fixed number of op_times to lend: to an operation from its initiation to its end.
//
// Threads: any.
//
// Invariants
//  1. A bit of `free_` is set exactly while nobody has the block of that number. Whoever clears the bit has the block
//     alone until he, or whom he handed it to, sets the bit again.
//  2. What was done to a block before it was given back happens before whatever is done to it by who takes it next.
#pragma once

#include <shardbridge/options.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace shardbridge::detail {

class times_pool {
 public:
  static constexpr std::size_t size = 64;

  /// At no station yet; null when all are out.
  [[nodiscard]] op_times* take() noexcept {
    std::uint64_t seen = free_.load(std::memory_order_relaxed);
    // Acquire pairs with the release of give_back(), also of one that others have changed the word after: only
    // read-modify-writes change it, which continue the release sequence.
    while (seen != 0 && !free_.compare_exchange_weak(seen, seen & (seen - 1), std::memory_order_acquire,
                                                     std::memory_order_relaxed)) {
    }
    if (seen == 0) return nullptr;
    op_times& taken = blocks_[static_cast<std::size_t>(std::countr_zero(seen))].times;
    taken = {};
    return &taken;
  }

  /// Of one that is out.
  void give_back(op_times* lent) noexcept {
    assert(owns(lent));
    const std::ptrdiff_t offset = reinterpret_cast<const std::byte*>(lent) - begin();
    const std::uint64_t bit = std::uint64_t{1} << (static_cast<std::size_t>(offset) / sizeof(block));
    // Release pairs with the acquire of take().
    [[maybe_unused]] const std::uint64_t before = free_.fetch_or(bit, std::memory_order_release);
    assert((before & bit) == 0);
  }

  /// Whether it is one of these, out or not.
  [[nodiscard]] bool owns(const op_times* times) const noexcept {
    constexpr std::less<const void*> before; // defined for any two addresses, which < is not
    return !before(times, begin()) && before(times, begin() + sizeof(blocks_));
  }

 private:
  /// On a cache line of its own, since each is written by other threads than its neighbours.
  struct alignas(64) block {
    op_times times;
  };
  [[nodiscard]] const std::byte* begin() const noexcept { return reinterpret_cast<const std::byte*>(&blocks_); }

  std::array<block, size> blocks_{};
  alignas(64) std::atomic<std::uint64_t> free_{UINT64_MAX};
};

} // namespace shardbridge::detail
