// The history of a bridge's level of pressure: how often and how long it was at each, and the changes that an observer
// has not been told yet.
//
// Threads: one at a time, under the lock of the admission.
#pragma once

#include <shardbridge/pressure_level.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace shardbridge::detail {

struct level_history {
  std::array<std::uint64_t, 3> entered{};
  std::array<std::chrono::nanoseconds, 3> time{};
};

class level_log {
 public:
  explicit level_log(std::int64_t now) noexcept : since_(now) {}

  /// `now` in nanoseconds of the steady clock.
  void enter(pressure_level level, std::int64_t now) {
    pass(now);
    level_ = level;
    ++history_.entered[static_cast<std::size_t>(level)];
    if (observed_) untold_.push_back(level);
  }

  void observe(bool wanted) {
    observed_ = wanted;
    untold_.clear(); // they are not the next one's
  }

  /// True: there are changes to tell, and the caller now has the duty of it. One has it at a time, so that they are
  /// told in their order.
  [[nodiscard]] bool take_duty() noexcept {
    if (telling_ || untold_.empty()) return false;
    telling_ = true;
    return true;
  }
  /// The next change. Nothing: the duty is over.
  [[nodiscard]] std::optional<pressure_level> fetch() {
    telling_ = !untold_.empty();
    if (!telling_) return std::nullopt;
    const pressure_level level = untold_.front();
    untold_.pop_front();
    return level;
  }

  [[nodiscard]] level_history history(std::int64_t now) noexcept {
    pass(now);
    return history_;
  }

 private:
  void pass(std::int64_t now) noexcept {
    history_.time[static_cast<std::size_t>(level_)] += std::chrono::nanoseconds(now - since_);
    since_ = now;
  }

  level_history history_;
  pressure_level level_ = pressure_level::normal;
  std::int64_t since_;
  bool observed_ = false;
  bool telling_ = false;
  std::deque<pressure_level> untold_;
};

} // namespace shardbridge::detail
