// Goal: nothing in the library depends on the time of day: deadlines, waits for room, timers and what is measured are
// as exact while somebody sets the clock as at any other time. Method: the real clock of the machine, set five seconds
// ahead and back again and again; then right by the steady clock.
#include "put_right.hpp"
#include "support/crowded.hpp"
#include "support/on_shard.hpp"
#include "support/timeout_modes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stop_token>

#include <time.h>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

std::chrono::nanoseconds read_clock(clockid_t which) {
  timespec now{};
  ::clock_gettime(which, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}
bool set_time_of_day(std::chrono::nanoseconds to) {
  const timespec wanted{to / 1s, (to % 1s).count()};
  return ::clock_settime(CLOCK_REALTIME, &wanted) == 0;
}

/// The time of day jumps as long as it lives, and is right again afterwards.
class jumping_clock {
 public:
  /// 0: the clock can be set.
  static int error() { return set_time_of_day(read_clock(CLOCK_REALTIME)) ? 0 : errno; }

  ~jumping_clock() {
    jumper_.request_stop();
    jumper_.join();
    EXPECT_GT(jumps_, 3) << "it was too short to show anything";
  }

 private:
  void jump(const std::stop_token& over) {
    // Both ways from the right time, so that what waits too long does not come out even with what waits too short.
    for (const std::chrono::seconds by : {5s, -5s, -5s, 5s}) {
      if (over.stop_requested()) return;
      EXPECT_TRUE(set_time_of_day(read_clock(CLOCK_REALTIME) + by));
      ++jumps_;
      std::this_thread::sleep_for(20ms);
    }
  }

  const std::chrono::nanoseconds day_ = read_clock(CLOCK_REALTIME), steady_ = read_clock(CLOCK_MONOTONIC);
  put_right after_{[this] { return set_time_of_day(day_ + (read_clock(CLOCK_MONOTONIC) - steady_)); }};
  int jumps_ = 0;
  std::jthread jumper_{[this](const std::stop_token& over) {
    while (!over.stop_requested())
      jump(over);
  }};
};

class while_the_clock_is_set : public testing::TestWithParam<timeout_mode> {
 protected:
  void SetUp() override {
    if (const int failed = jumping_clock::error(); failed != 0)
      GTEST_SKIP() << "the clock cannot be set: " << std::strerror(failed);
  }
  /// Neither less than it should be, nor wrong by a jump.
  static void expect_about(clock::duration took, clock::duration wanted) {
    EXPECT_GE(took, wanted);
    EXPECT_LT(took, wanted + 3s);
  }
  [[nodiscard]] static shard_group_options options() { return {.shards = 2, .timeout_mode = GetParam()}; }

  static constexpr auto length = 400ms;
};

TEST_P(while_the_clock_is_set, deadlines_of_operations_are_kept) {
  const jumping_clock clocks;
  service all(options());
  stuck_reads stuck(all.link);
  auto begun = clock::now();
  const outcome& relative = stuck.start({.timeout = length});
  const outcome& absolute = stuck.start({.deadline = clock::now() + length});
  const outcome& served = stuck.start({.timeout = 60s});
  ASSERT_TRUE(all.run_until([&] { return relative.calls + absolute.calls == 2; }));
  expect_about(clock::now() - begun, length);
  EXPECT_TRUE(relative.failed_with(errc::expired_in_flight)) << relative;
  EXPECT_TRUE(absolute.failed_with(errc::expired_in_flight)) << absolute;
  EXPECT_EQ(served.calls, 0);
  stuck.pipe.write("x");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(served.succeeded()) << served;
  expect_balanced(all.link.stats());
}

TEST_P(while_the_clock_is_set, waits_for_room_are_bounded) {
  const jumping_clock clocks;
  crowded all({.max_ops = 4});
  all.hold(4);
  ASSERT_TRUE(all.wait_in_flight(4));
  const auto begun = clock::now();
  const outcome& waiting = all.reads.start({.timeout = length});
  ASSERT_TRUE(all.run_until([&] { return waiting.calls == 1; }));
  expect_about(clock::now() - begun, length);
  EXPECT_TRUE(waiting.failed_with(errc::expired_waiting)) << waiting;
}

TEST_P(while_the_clock_is_set, tasks_sleep_as_long_as_they_want) {
  const jumping_clock clocks;
  service all(options());
  answer<> told;
  async_call(
      all.link, 0,
      [](shard& on) -> task<> {
        auto begun = clock::now();
        co_await on.sleep_for(length);
        expect_about(clock::now() - begun, length);
        begun = clock::now();
        co_await on.sleep_until(begun + length);
        expect_about(clock::now() - begun, length);
        begun = clock::now();
        auto hours = [](shard& self) -> task<> { co_await self.sleep_for(1h); }(on);
        error_code late;
        try {
          co_await with_timeout(on, length, std::move(hours));
        } catch (const boost::system::system_error& told_late) {
          late = told_late.code();
        }
        EXPECT_EQ(late, errc::expired_in_flight);
        expect_about(clock::now() - begun, length);
        begun = clock::now();
        interval every(on, length / 8);
        for (std::uint64_t seen = 0; seen < 8;)
          seen += co_await every.next();
        expect_about(clock::now() - begun, length);
      },
      told.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(told.failure) << code_of(told.failure).message();
}

TEST_P(while_the_clock_is_set, what_is_measured_is_right) {
  const jumping_clock clocks;
  service all(options());
  const auto begun = clock::now();
  std::uint64_t count = 0;
  for (; clock::now() - begun < length; ++count) {
    outcome ended;
    async_nop(all.link, 0, ended.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(ended.succeeded());
  }
  const bridge_stats seen = all.link.stats();
  EXPECT_EQ(seen.completed, count);
  const bridge_latencies& legs = seen.latencies;
  for (const latency_histogram* const each : {&legs.lane, &legs.backlog, &legs.in_kernel, &legs.reply, &legs.total})
    EXPECT_LT(each->quantile(1), 3s);
  std::chrono::nanoseconds in_levels{};
  for (const auto each : seen.time_in_level)
    in_levels += each;
  expect_about(in_levels, length);
  for (const shard_stats& each : all.group.stats())
    EXPECT_LT(each.longest_turn, 3s);
}

INSTANTIATE_TEST_SUITE_P(timeouts, while_the_clock_is_set, both_timeout_modes, name_of_mode);

} // namespace
} // namespace shardbridge::tests
