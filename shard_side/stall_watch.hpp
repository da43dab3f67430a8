// Which turns of a shard's loop took too long, and on what: a pure account of times that the loop has read anyway.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace shardbridge::detail {

class stall_watch {
 public:
  enum class verdict : std::uint8_t { none, in_calls, in_tasks, in_kernel, elsewhere };

  /// Nanoseconds, as everything here. `now`: of the steady clock, when the first turn begins.
  stall_watch(std::int64_t bound, std::int64_t now) noexcept : bound_(bound), began_(now) {}

  void call_took(std::int64_t length) noexcept { in_calls_ += length; }
  void tasks_took(std::int64_t length) noexcept { in_tasks_ += length; }
  void kernel_took(std::int64_t length) noexcept { in_kernel_ += length; }
  void slept(std::int64_t length) noexcept { asleep_ += length; }

  /// The turn is over and the next one begins. A stall is put down to what took at least half of it.
  verdict turn_over(std::int64_t now) noexcept {
    const std::int64_t length = now - std::exchange(began_, now) - std::exchange(asleep_, 0);
    const std::int64_t in_calls = std::exchange(in_calls_, 0);
    const std::int64_t in_tasks = std::exchange(in_tasks_, 0);
    const std::int64_t in_kernel = std::exchange(in_kernel_, 0);
    longest_ = std::max(longest_, length);
    if (length <= bound_) return verdict::none;
    if (in_calls >= length / 2) return verdict::in_calls;
    if (in_tasks >= length / 2) return verdict::in_tasks;
    return in_kernel >= length / 2 ? verdict::in_kernel : verdict::elsewhere;
  }

  [[nodiscard]] std::int64_t longest() const noexcept { return longest_; }

 private:
  const std::int64_t bound_;
  std::int64_t began_;
  std::int64_t in_calls_ = 0;
  std::int64_t in_tasks_ = 0;
  std::int64_t in_kernel_ = 0;
  std::int64_t asleep_ = 0;
  std::int64_t longest_ = 0;
};

} // namespace shardbridge::detail
