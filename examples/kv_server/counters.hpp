// What one worker has done. It alone writes but where said; any thread reads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace kv_server {

/// A number with one writer.
class tally {
 public:
  void add(std::uint64_t more) noexcept { value_.store(get() + more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct counters {
  tally commands{};
  tally input_bytes{};
  tally output_bytes{};
  /// Open, or accepted and on their way. Counted up by whoever accepts; nothing else hangs on it.
  std::atomic<std::size_t> connections{0};
};

} // namespace kv_server
