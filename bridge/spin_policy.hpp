// Whether a side that has nothing to do looks again for a while before it sleeps. It decides; it neither waits nor
// reads a clock.
//
// Looking again saves the wake, which costs more than most waits for one who is awake (a system call for the waker, a
// core to be woken for the sleeper), and costs a core meanwhile. With n operations outstanding the next k come after
// k n-ths of the time that an operation takes (Little's law), while a wake delays k operations in n. So a look pays
// while the mean wait for one, times n, which is the time of an operation, is below the limit: for a single client with
// a fast answer, and for many whose answers come at once; not for many that keep a device busy, where wakes hide behind
// other operations.
//
// Threads: one at a time.
//
// Invariants
//  1. A look lasts no longer than the limit, and with a limit of zero there is none.
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
    return limit_ > 0 && (trying_ || pays(outstanding)) ? limit_ : 0;
  }

  /// After `waited` nanoseconds of looking so many came of the `outstanding`.
  void hit(std::int64_t waited, std::size_t came, std::size_t outstanding) noexcept {
    const std::int64_t for_one = waited / static_cast<std::int64_t>(std::max<std::size_t>(came, 1));
    if (!trying_) return learn(for_one);
    mean_ = for_one;
    end_try(pays(outstanding));
  }
  /// It looked for as long as it was allowed to, in vain. That costs twice: what it looked, and the sleep after it.
  void missed() noexcept {
    learn(2 * limit_);
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
  void learn(std::int64_t for_one) noexcept { mean_ += (for_one - mean_) / 8; }

  const std::int64_t limit_;
  std::int64_t mean_ = 0; // nanoseconds waited for one that came
  unsigned interval_ = first_interval;
  unsigned sleeps_left_ = first_interval;
  bool trying_ = false;
};

} // namespace shardbridge::detail
