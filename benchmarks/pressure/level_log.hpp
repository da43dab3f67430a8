#pragma once

#include <shardbridge/pressure_level.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace shardbridge::bench {

/// Notes the changes of a bridge's level: all are counted, the first are kept with their times.
///
/// Threads: any.
class level_log {
 public:
  struct change {
    std::chrono::steady_clock::time_point when;
    pressure_level to;
  };

  /// Under overload a level may change thousands of times a second; this many are enough to see how it goes.
  static constexpr std::size_t kept_max = 2000;

  level_log() { kept_.reserve(kept_max); }

  void note(pressure_level to) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    ++count_;
    if (kept_.size() != kept_max) kept_.push_back({now, to});
  }

  /// From now on others are kept.
  void forget() {
    const std::lock_guard lock(mutex_);
    kept_.clear();
  }

  std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  std::vector<change> kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::vector<change> kept_;
};

} // namespace shardbridge::bench
