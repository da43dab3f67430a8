// Permits that one group of threads has taken in advance, so that threads of different groups do not meet at the
// admission word for every operation.
//
// Threads: try_take() any; deposit() and drain() under the lock of the admission. seq_cst: an operation that takes its
// permit here is ordered against the delivery role as one that takes it from the word, see reply_role.
//
//   63    40 39            0
//   +-------+--------------+
//   |  ops  |    bytes     |
//   +-------+--------------+
#pragma once

#include <bridge/atomic.hpp>

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

class alignas(64) credit {
 public:
  struct amount {
    std::uint64_t ops;
    std::uint64_t bytes;
  };

  [[nodiscard]] bool try_take(std::uint64_t bytes) noexcept {
    std::uint64_t old = word_.load(memory_order_relaxed);
    do {
      if (old < one_op || (old & bytes_mask) < bytes) return false;
    } while (!word_.compare_exchange_weak(old, old - one_op - bytes, memory_order_seq_cst, memory_order_relaxed));
    return true;
  }

  void deposit(amount more) noexcept { word_.fetch_add(more.ops * one_op + more.bytes, memory_order_seq_cst); }

  [[nodiscard]] amount drain() noexcept {
    // The load spares the write to a line of threads that have nothing here.
    return word_.load(memory_order_seq_cst) == 0 ? amount{} : parts(word_.exchange(0, memory_order_seq_cst));
  }

  [[nodiscard]] amount left() const noexcept { return parts(word_.load(memory_order_seq_cst)); }

  /// Operations accepted by these threads. On this line, which they write anyway.
  std::atomic<std::uint64_t> accepted{0};

 private:
  static constexpr std::uint64_t one_op = std::uint64_t{1} << 40U;
  static constexpr std::uint64_t bytes_mask = one_op - 1;

  static amount parts(std::uint64_t word) noexcept { return {word / one_op, word & bytes_mask}; }

  atomic<std::uint64_t> word_{0};
};

} // namespace shardbridge::detail
