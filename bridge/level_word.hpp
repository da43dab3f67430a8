#pragma once

#include <bridge/atomic.hpp>

#include <shardbridge/pressure_level.hpp>

#include <cstdint>

namespace shardbridge::detail {

/// The level of a bridge's pressure as one of its shards sees it, and whether somebody waits there for another.
class level_word {
 public:
  /// The bridge, one thread at a time. True: the shard is to be woken. acq_rel: pairs with watch(); whichever of the
  /// two comes second sees the other.
  [[nodiscard]] bool set(pressure_level level) noexcept {
    return (word_.exchange(static_cast<std::uint32_t>(level), std::memory_order_acq_rel) & watched) != 0;
  }
  /// The shard wants to be woken at the next change.
  pressure_level watch() noexcept { return level_of(word_.fetch_or(watched, std::memory_order_acq_rel)); }
  /// relaxed: a number, which guards nothing.
  [[nodiscard]] pressure_level get() const noexcept { return level_of(word_.load(std::memory_order_relaxed)); }

 private:
  static constexpr std::uint32_t watched = 1U << 31U;
  static pressure_level level_of(std::uint32_t word) noexcept { return static_cast<pressure_level>(word & ~watched); }

  std::atomic<std::uint32_t> word_{0};
};

} // namespace shardbridge::detail
