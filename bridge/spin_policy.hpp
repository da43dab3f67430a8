// Whether a side that has nothing to do looks again for a while before it sleeps. It decides; it neither waits nor
// reads a clock.
//
// Looking again saves the wake, which costs more than most waits for one who is awake (a system call for the waker, a
// core to be woken for the sleeper), and costs a core meanwhile. With n operations outstanding the next k come after
// k n-ths of the time that an operation takes (Little's law), while a wake delays k operations in n. So a look pays
// while the mean wait for one, times n, which is the time of an operation, is below the limit: for a single client with
// a fast answer, and for many whose answers come at once; not for many that keep a device busy, where wakes hide behind
// other operations. Hidden or not, a wake has its price, paid by who wakes and by who is woken: a look that is over
// sooner pays however many are outstanding, and one that lasts no longer than that costs at worst as much again.
//
// Threads: one at a time.
//
// Invariants
//  1. A look lasts no longer than the limit, and with a limit of zero there is none. Where only a brief one pays it
//     lasts no longer than a wake costs.
//  2. Idle costs nothing: without sleeps there are no tries.
//  3. Only looks teach. How soon something came while a side slept says nothing: on the same core the other could not
//     have run had this one looked. So a side that has stopped looking tries again, every so many sleeps, and twice as
//     many after each try in vain.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace shardbridge::detail {

class spin_policy {
 public:
  explicit spin_policy(std::int64_t limit_ns) noexcept : limit_(limit_ns) {}

  /// How long to look in this wait, in nanoseconds; 0: sleep at once.
  [[nodiscard]] std::int64_t allowance(std::size_t outstanding) const noexcept {
    if (trying_ || pays(outstanding)) return limit_;
    return brief_pays() ? brief_limit_ : 0;
  }

  /// After `waited` nanoseconds of looking so many came of the `outstanding`.
  void hit(std::int64_t waited, std::size_t came, std::size_t outstanding) noexcept {
    const std::int64_t for_one = waited / static_cast<std::int64_t>(std::max<std::size_t>(came, 1));
    if (!trying_) {
      learn(mean_, for_one);
      return learn(brief_, waited);
    }
    mean_ = for_one;
    brief_ = waited;
    end_try(pays(outstanding) || brief_pays());
  }
  /// It looked for as long as it was `allowed` to, in vain. That costs twice: what it looked, and the sleep after it.
  void missed(std::int64_t allowed) noexcept {
    learn(brief_, 2 * brief_limit_);
    if (allowed == limit_) learn(mean_, 2 * limit_);
    if (trying_) end_try(false);
  }
  /// It sleeps without having looked.
  void slept() noexcept {
    if (--sleeps_left_ == 0) trying_ = true;
  }

 private:
  static constexpr unsigned first_interval = 16;
  static constexpr unsigned last_interval = 1024;

  [[nodiscard]] bool pays(std::size_t outstanding) const noexcept {
    return mean_ < limit_ / static_cast<std::int64_t>(std::max<std::size_t>(outstanding, 1));
  }
  void end_try(bool succeeded) noexcept {
    trying_ = false;
    interval_ = succeeded ? first_interval : std::min(2 * interval_, last_interval);
    sleeps_left_ = interval_;
  }
  [[nodiscard]] bool brief_pays() const noexcept { return brief_ < brief_limit_; }
  static void learn(std::int64_t& mean, std::int64_t next) noexcept { mean += (next - mean) / 8; }

  /// Measured: 6.3 us for who wakes a sleeper on another core, 4 to 7 us there and back on the same.
  static constexpr std::int64_t wake_ns = 5'000;

  const std::int64_t limit_;
  const std::int64_t brief_limit_ = std::min(limit_, wake_ns);
  std::int64_t mean_ = 0;  // nanoseconds waited for one that came
  std::int64_t brief_ = 0; // nanoseconds waited until any came
  unsigned interval_ = first_interval;
  unsigned sleeps_left_ = first_interval;
  bool trying_ = false;
};

} // namespace shardbridge::detail
