// Goal: tasks on a real shard sleep as long as they say, and cost nothing while they do. Method: clocks around sleeps,
// and the turns that a shard makes, and the CPU that it uses, while very many sleep.
#include "support/answer.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#include <fstream>
#include <thread>

#include <ctime>
#include <pthread.h>
#include <unistd.h>

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

constexpr bool sanitized = SHARDBRIDGE_ADDRESS_SANITIZER || SHARDBRIDGE_THREAD_SANITIZER;

/// What the thread of a shard has used of its CPU, and how often it went round.
struct effort {
  std::chrono::nanoseconds cpu;
  std::uint64_t turns;

  static effort now(clockid_t thread, const shard_group& group) {
    timespec used{};
    EXPECT_EQ(::clock_gettime(thread, &used), 0);
    return {std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec), group.stats()[0].turns};
  }
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(timers, that_are_far_away_cost_nothing_be_there_a_million) {
  constexpr std::uint64_t many = sanitized ? 100'000 : 1'000'000;
  service all;
  answer<clockid_t> thread;
  const std::size_t before = resident_bytes();
  async_call(
      all.link, 0,
      [](shard& on) {
        for (std::uint64_t each = 0; each < many; ++each)
          on.spawn([](shard& self, std::uint64_t number) -> task<> {
              co_await self.sleep_for(1h + number * 1ms);
            }(on, each))
              .detach();
        clockid_t its{};
        EXPECT_EQ(::pthread_getcpuclockid(::pthread_self(), &its), 0);
        return its;
      },
      thread.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] {
    const shard_stats seen = all.group.stats()[0];
    return seen.tasks == many && seen.resumptions >= many;
  }));
  const std::size_t bytes = (resident_bytes() - before) / many;
  RecordProperty("bytes_of_a_sleeping_task", static_cast<int>(bytes));
  if (!sanitized) {
    EXPECT_LT(bytes, 1024U);
  }
  // In one second of a few it does nothing at all. In the others it may bring timers to a finer wheel, a few times in
  // the hour, or go to sleep.
  effort used{};
  for (int second = 0; second < 4; ++second) {
    const effort begun = effort::now(thread.value, all.group);
    std::this_thread::sleep_for(1s);
    const effort over = effort::now(thread.value, all.group);
    used = {over.cpu - begun.cpu, over.turns - begun.turns};
    if (used.turns == 0) break;
  }
  EXPECT_EQ(used.turns, 0U);
  EXPECT_LT(used.cpu, 1ms);
  all.group.stop();
  all.group.join();
  EXPECT_EQ(all.group.stats()[0].tasks, 0U);
  EXPECT_EQ(all.group.stats()[0].task_failures, many) << "each was told, and nobody joins it";
}

} // namespace
} // namespace shardbridge::tests
