// Goal: async_call brings the end of a task back to Asio, and a group that is stopped ends its tasks. Method: tasks on
// real shards that say what they saw, with code of this thread as the Asio side.
#include "support/answer.hpp"

#include <semaphore>
#include <stdexcept>
#include <thread>

namespace shardbridge::tests {
namespace {

task<int> sum_of_nops(shard& on, int count) {
  int sum = 0;
  for (int each = 0; each < count; ++each) {
    co_await on.nop();
    ++sum;
  }
  co_return sum;
}

TEST(tasks, give_their_result_to_the_caller) {
  service all;
  answer<int> number;
  answer<std::unique_ptr<int>> owned;
  int nothing = 0;
  async_call(
      all.link, 0, [](shard& on) { return sum_of_nops(on, 100); }, number.handler());
  async_call(
      all.link, 0,
      [](shard& on) -> task<std::unique_ptr<int>> {
        co_await on.yield();
        co_return std::make_unique<int>(7);
      },
      owned.handler());
  async_call(
      all.link, 0, [](shard& on) -> task<> { co_await on.nop(); },
      [&](const std::exception_ptr& failure) { nothing += !failure; });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(number.calls + owned.calls + nothing, 3);
  EXPECT_EQ(number.value, 100);
  ASSERT_TRUE(owned.value);
  EXPECT_EQ(*owned.value, 7);
  EXPECT_EQ(all.group.stats()[0].own_operations, 101U);
  expect_balanced(all.link.stats());
}

TEST(tasks, stay_on_their_shard) {
  service all({.shards = 3});
  for (std::size_t index = 0; index < 3; ++index) {
    answer<bool> same;
    async_call(
        all.link, index,
        [index](shard& on) -> task<bool> {
          const auto here = std::this_thread::get_id();
          const std::size_t mine = index; // the captures last as long as the task
          co_await on.yield();
          co_await on.nop();
          co_return std::this_thread::get_id() == here&& on.index() == mine;
        },
        same.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(same.value);
  }
}

TEST(tasks, give_their_exception_to_the_caller) {
  service all;
  answer<int> failed;
  async_call(
      all.link, 0,
      [](shard& on) -> task<int> {
        co_await on.nop();
        throw std::runtime_error("as planned");
      },
      failed.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(failed.failure);
  EXPECT_THROW(std::rethrow_exception(failed.failure), std::runtime_error);
  EXPECT_EQ(all.group.stats()[0].task_failures, 0U) << "it was told";
  expect_balanced(all.link.stats());
}

TEST(tasks, take_turns_with_other_calls) {
  service all;
  std::atomic<bool> over = false;
  answer<int> computed;
  async_call(
      all.link, 0,
      [&over](shard& on) -> task<int> {
        int turns = 0;
        for (; !over; ++turns)
          co_await on.yield();
        co_return turns;
      },
      computed.handler());
  answer<int> beside;
  async_call(
      all.link, 0, [](shard&) { return 1; }, beside.handler());
  ASSERT_TRUE(all.run_until([&] { return beside.calls == 1; })) << "the task keeps the shard to itself";
  over = true;
  ASSERT_TRUE(all.finish());
  EXPECT_GT(computed.value, 0);
}

TEST(tasks, that_fail_alone_are_counted_and_told) {
  std::atomic<int> told = 0;
  service all({.on_task_failure = [&told](const std::exception_ptr& why) { told += why != nullptr; }});
  async_call(
      all.link, 0,
      [](shard& on) {
        on.spawn([](shard& self) -> task<> {
            co_await self.nop();
            throw std::runtime_error("as planned");
          }(on))
            .detach();
      },
      asio::detached);
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] { return told == 1; }));
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[0].task_failures == 1; }));
}

TEST(tasks, that_wait_when_the_group_stops_are_told) {
  service all;
  answer<int> stopped;
  std::binary_semaphore waits(0);
  async_call(
      all.link, 0,
      [&waits](shard& on) -> task<int> {
        waits.release();
        for (;;)
          co_await on.nop();
      },
      stopped.handler());
  waits.acquire();
  all.group.stop();
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(stopped.failure), errc::stopped);
  all.group.join();
  expect_balanced(all.link.stats());
}

struct nothing_that_comes {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

TEST(tasks, that_wait_for_what_never_comes_are_destroyed_and_their_outcome_is_unknown) {
  service all({.shutdown_timeout = 50ms});
  answer<int> left;
  const auto alive = std::make_shared<int>(0);
  std::binary_semaphore waits(0);
  async_call(
      all.link, 0,
      [&waits](shard& on) -> task<int> {
        co_await on.yield();
        waits.release();
        co_await nothing_that_comes();
        co_return 1;
      },
      left.handler());
  async_call(
      all.link, 0,
      [&alive](shard& on) {
        on.spawn([](std::shared_ptr<int>) -> task<> { co_await nothing_that_comes(); }(alive)).detach();
      },
      asio::detached);
  waits.acquire();
  all.group.stop();
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(left.failure), errc::outcome_unknown);
  all.group.join();
  EXPECT_EQ(alive.use_count(), 1);
  expect_balanced(all.link.stats());
}

TEST(tasks, wait_for_the_pressure_of_bridges_to_go) {
  service all({}, {.max_ops = 10});
  std::vector<permit> held;
  while (held.size() < 9)
    held.push_back(all.link.try_acquire(0));
  ASSERT_EQ(all.link.level(), pressure_level::throttled);
  answer<int> calm;
  std::atomic<int> seen = 0;
  async_call(
      all.link, 0,
      [&seen](shard& on) -> task<int> {
        seen = on.level() == pressure_level::normal ? 1 : 2;
        co_await on.wait_level(pressure_level::normal);
        co_return seen + (on.level() == pressure_level::normal ? 10 : 20);
      },
      calm.handler());
  ASSERT_TRUE(all.run_until([&] { return seen != 0; }));
  EXPECT_EQ(seen, 2) << "the shard sees the level";
  EXPECT_EQ(calm.calls, 0);
  while (held.size() > 3)
    held.pop_back();
  ASSERT_TRUE(all.run_until([&] { return calm.calls == 1; }));
  EXPECT_EQ(calm.value, 12);
}

TEST(tasks, compute_for_as_long_as_a_slice_and_are_stalls_beyond_the_bound) {
  service all({.turn_slice = 1ms, .stall_bound = 20ms});
  async_call(
      all.link, 0,
      [](shard& on) -> task<> {
        co_await on.yield();
        std::this_thread::sleep_for(100ms);
      },
      asio::detached);
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[0].stalls > 0; }));
  EXPECT_GE(all.group.stats()[0].stalls_in_tasks, 1U);
}

} // namespace
} // namespace shardbridge::tests
