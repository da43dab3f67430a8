// Goal: tasks on a real shard sleep as long as they say, and cost nothing while they do. Method: clocks around sleeps,
// and the turns that a shard makes while very many sleep.
#include "support/answer.hpp"

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

TEST(timers, wake_a_sleeping_shard) {
  service all;
  answer<void> ended;
  const auto begun = clock::now();
  async_call(
      all.link, 0, [](shard& on) -> task<> { co_await on.sleep_for(20ms); }, ended.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(ended.failure);
  EXPECT_GE(clock::now() - begun, 20ms);
}

TEST(timers, bound_what_waits_in_the_kernel) {
  service all;
  answer<void> ended;
  async_call(
      all.link, 0,
      [](shard& on) -> task<> {
        co_await with_timeout(on, 20ms, [](shard& self) -> task<> { co_await self.sleep_for(1h); }(on));
      },
      ended.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), errc::expired_in_flight);
}

TEST(timers, tick) {
  service all;
  answer<std::uint64_t> ticks;
  const auto begun = clock::now();
  async_call(
      all.link, 0,
      [](shard& on) -> task<std::uint64_t> {
        interval every(on, 5ms);
        std::uint64_t passed = 0;
        while (passed < 4)
          passed += co_await every.next();
        co_return passed;
      },
      ticks.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(ticks.failure);
  EXPECT_GE(clock::now() - begun, ticks.value * 5ms);
}

TEST(timers, end_with_the_call_from_asio) {
  service all;
  answer<void> ended;
  asio::cancellation_signal cancel;
  const auto endless = [](shard& on) -> task<> { co_await on.sleep_for(no_timeout); };
  async_call(all.link, 0, endless, asio::bind_cancellation_slot(cancel.slot(), ended.handler()));
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[0].tasks == 1; }));
  cancel.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), asio::error::operation_aborted);
}

TEST(timers, that_are_far_away_cost_nothing) {
  constexpr std::uint64_t many = 50'000;
  service all;
  answer<void> ended;
  async_call(
      all.link, 0,
      [](shard& on) {
        for (std::uint64_t each = 0; each < many; ++each)
          on.spawn([](shard& self, std::uint64_t number) -> task<> {
              co_await self.sleep_for(1h + number * 1ms);
            }(on, each))
              .detach();
      },
      ended.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] {
    const shard_stats seen = all.group.stats()[0];
    return seen.tasks == many && seen.resumptions >= many;
  }));
  std::this_thread::sleep_for(20ms); // it goes to sleep
  const std::uint64_t before = all.group.stats()[0].turns;
  std::this_thread::sleep_for(100ms);
  EXPECT_LE(all.group.stats()[0].turns - before, 3U);
  all.group.stop();
  all.group.join();
  EXPECT_EQ(all.group.stats()[0].tasks, 0U);
  EXPECT_EQ(all.group.stats()[0].task_failures, many) << "each was told, and nobody joins it";
}

} // namespace
} // namespace shardbridge::tests
