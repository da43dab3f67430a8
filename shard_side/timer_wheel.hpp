// The timers of a shard: a hierarchy of wheels (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987), so
// that setting and stopping one costs the same with a million of them as with one. It allocates nothing: timers live
// where they are wanted.
//
// Time goes in ticks of 2^14 ns (16 µs), a third of what the kernel lets a sleep last longer. Wheel n has 64 buckets of
// 64^n ticks each. A timer is in the wheel of the highest six bits in which its tick differs from the present one, and
// comes to a finer wheel when its bucket begins: eight times at most.
//
// Threads: the shard's own.
//
// Invariants
//  1. A timer fires once, not before its time, and within a tick of it if advance() is called whenever next() says.
//  2. Every timer that is set is behind the present tick, so that in each wheel the buckets in use are behind that of
//     the present; one that is not is in the bucket of those due, or in the one that has begun and is being emptied.
//  3. One advance() fires and moves no more than so many timers, be a million due at once.
#pragma once

#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/timer.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace shardbridge::detail {

class timer_wheel {
 public:
  /// `now`: steady clock, nanoseconds.
  explicit timer_wheel(std::int64_t now) noexcept : present_(passed(now)) {}
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// It must not be set. One whose time was over a tick ago fires at the next advance().
  void set(timer& which) noexcept {
    ++size_;
    put(which);
  }
  /// Nothing happens to one that is not set.
  void stop(timer& which) noexcept {
    if (which.bucket == timer::not_set) return;
    --size_;
    take_out(which);
  }

  /// Fires what is due at `now`, or as much of it as one call does.
  void advance(std::int64_t now) noexcept {
    const std::uint64_t until = std::max(passed(now), present_);
    std::size_t left = most_at_once;
    while (empty_begun(left) && fire_due(left)) {
      const begin_of first = earliest();
      present_ = std::min(first.tick, until);
      if (first.tick > until) return;
      begun_ = first.bucket;
    }
  }

  /// When advance() is wanted next, which may only bring a timer to a finer wheel; `never`: no timer is set.
  [[nodiscard]] std::int64_t next() const noexcept {
    if (size_ == 0) return never;
    if (!buckets_[due].empty() || !buckets_[begun_].empty()) return before_all;
    return static_cast<std::int64_t>(earliest().tick << tick_bits);
  }

  /// Tells every timer that is set. Each may stop itself, and no other.
  void shard_stops() noexcept {
    for (const intrusive_list<timer>& bucket : buckets_)
      for (timer *each = bucket.front(), *next = nullptr; each != nullptr; each = next) {
        next = each->next;
        each->shard_stops();
      }
  }

 private:
  static constexpr int tick_bits = 14;
  static constexpr int wheel_bits = 6;
  static constexpr std::uint32_t wheel_size = 1U << wheel_bits;
  static constexpr std::uint32_t wheels = 9; // 63 bits of nanoseconds have 49 of ticks
  static constexpr std::uint32_t due = wheels * wheel_size;
  static constexpr std::size_t most_at_once = 1024; // some 20 µs

  struct begin_of {
    std::uint32_t bucket;
    std::uint64_t tick; // UINT64_MAX: none is in use
  };

  /// Ticks that are over.
  static std::uint64_t passed(std::int64_t time) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0)) >> tick_bits;
  }
  /// The first tick that begins at `time` or later, of those whose begin is a time.
  static std::uint64_t tick_of(std::int64_t time) noexcept {
    const std::uint64_t last = passed(never);
    const std::uint64_t before = passed(time);
    return before == last || static_cast<std::int64_t>(before << tick_bits) >= time ? before : before + 1;
  }

  void put(timer& which) noexcept {
    const std::uint64_t tick = tick_of(which.at);
    which.bucket = due;
    if (tick > present_) {
      const auto highest = static_cast<std::uint32_t>(std::bit_width(tick ^ present_) - 1);
      const std::uint32_t wheel = highest / wheel_bits;
      const auto slot = static_cast<std::uint32_t>(tick >> (wheel * wheel_bits)) % wheel_size;
      which.bucket = wheel * wheel_size + slot;
      used_[wheel] |= std::uint64_t{1} << slot;
    }
    buckets_[which.bucket].push_back(which);
  }
  void take_out(timer& which) noexcept {
    const std::uint32_t from = std::exchange(which.bucket, timer::not_set);
    buckets_[from].erase(which);
    if (from != due && buckets_[from].empty()) used_[from / wheel_size] &= ~(std::uint64_t{1} << (from % wheel_size));
  }
  /// False: no more may be done. So fire_due().
  bool empty_begun(std::size_t& left) noexcept {
    for (; begun_ != due && !buckets_[begun_].empty(); --left) {
      if (left == 0) return false;
      timer& first = *buckets_[begun_].front();
      take_out(first);
      put(first);
    }
    begun_ = due;
    return true;
  }
  bool fire_due(std::size_t& left) noexcept {
    // Those that are set meanwhile and due at once have their turn later, so that no other starves.
    std::size_t these = std::min(buckets_[due].size(), left);
    for (; these > 0 && !buckets_[due].empty(); --these, --left) {
      timer& first = *buckets_[due].front();
      stop(first);
      first.fire();
    }
    return left > 0;
  }

  /// Of the buckets in use the one that begins first: those of finer wheels begin before those of coarser ones.
  [[nodiscard]] begin_of earliest() const noexcept {
    for (std::uint32_t wheel = 0; wheel < wheels; ++wheel) {
      if (used_[wheel] == 0) continue;
      const auto slot = static_cast<std::uint32_t>(std::countr_zero(used_[wheel]));
      const std::uint32_t shift = wheel * wheel_bits;
      const std::uint64_t turn = present_ >> (shift + wheel_bits) << (shift + wheel_bits);
      return {wheel * wheel_size + slot, turn + (std::uint64_t{slot} << shift)};
    }
    return {due, UINT64_MAX};
  }

  std::uint64_t present_; ///< the last tick for which everything due has fired
  std::size_t size_ = 0;
  std::uint32_t begun_ = due;                ///< the bucket that is being emptied; `due`: none
  std::array<std::uint64_t, wheels> used_{}; ///< by wheel, a bit for each bucket that is not empty
  std::array<intrusive_list<timer>, due + 1> buckets_;
};

} // namespace shardbridge::detail
