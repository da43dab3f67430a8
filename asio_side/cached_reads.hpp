#pragma once

#include <shardbridge/detail/operation.hpp>

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

/// Reads that the initiating thread makes itself, of what is in the page cache. Threads: any.
class cached_reads {
 public:
  explicit cached_reads(bool wanted) noexcept : wanted_(wanted) {}

  [[nodiscard]] bool wanted() const noexcept { return wanted_; }
  /// True: it has its result, without having waited for a device; the memory has been written to.
  [[nodiscard]] bool try_now(operation& op) noexcept;

  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t misses() const noexcept { return misses_.load(std::memory_order_relaxed); }

 private:
  const bool wanted_;
  std::atomic<std::uint64_t> hits_{0}; // relaxed: numbers, which guard nothing
  std::atomic<std::uint64_t> misses_{0};
};

} // namespace shardbridge::detail
