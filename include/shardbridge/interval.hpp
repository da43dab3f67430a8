#pragma once

#include <shardbridge/detail/sleep.hpp>
#include <shardbridge/shard.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace shardbridge {

/** @brief Times at a fixed distance from one another, which do not drift however long what is done in between takes.
 *
 *      shardbridge::interval every(self, 10ms);
 *      for (;;) {
 *        co_await every.next();
 *        look_around();
 *      }
 *
 *  @par Thread-safety none: it stays on its shard, and does not outlive it */
class interval {
 public:
  /// The first time is a period from now. Throws std::invalid_argument if it is not positive.
  interval(shard& on, std::chrono::nanoseconds period)
      : runtime_(on.runtime()), period_(checked(period)), next_(detail::from_now(period)) {}

  /// Awaited, one at a time: until the next of the times. Gives how many periods have passed since the one before: 1,
  /// or more where what was done took longer; those that were missed are not made up for. Where it throws, as
  /// shard::sleep_until() does, the time is still to come.
  [[nodiscard]] auto next() noexcept { return tick(*this); }

 private:
  class tick final : public detail::sleep {
   public:
    explicit tick(interval& of) noexcept : sleep(of.runtime_, of.next_), of_(of) {}

    std::uint64_t await_resume() const {
      sleep::await_resume();
      const std::int64_t late = detail::from_now(std::chrono::nanoseconds(0)) - of_.next_;
      const std::int64_t passed = late / of_.period_ + 1;
      of_.next_ += passed * of_.period_;
      return static_cast<std::uint64_t>(passed);
    }

   private:
    interval& of_;
  };

  static std::int64_t checked(std::chrono::nanoseconds period) {
    if (period <= std::chrono::nanoseconds::zero())
      throw std::invalid_argument("shardbridge::interval: the period must be positive");
    return period.count();
  }

  detail::shard_runtime& runtime_;
  const std::int64_t period_;
  std::int64_t next_; ///< steady clock, nanoseconds
};

} // namespace shardbridge
