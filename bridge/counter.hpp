#pragma once

#include <atomic>
#include <cstdint>

namespace shardbridge::detail {

/// Written by one thread at a time, read by any: a load and a store instead of a read-modify-write. release and
/// acquire: who sees a value also sees what its writer wrote before, see loop_counters.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_release);
  }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_release); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

} // namespace shardbridge::detail
