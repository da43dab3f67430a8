// Goal: async_call runs a function on the shard that was named, on that shard's thread, and brings back what it returns
// or throws. Method: functions that say where they ran.
#include "support/answer.hpp"
#include "support/stuck_reads.hpp"

#include <stdexcept>

namespace shardbridge::tests {
namespace {

TEST(calls, return_what_the_function_returns) {
  service all;
  answer<int> number;
  answer<std::string> text;
  answer<std::unique_ptr<int>> owned;
  int ran = 0;
  int nothing = 0;
  async_call(
      all.link, 0, [](shard&) { return 42; }, number.handler());
  async_call(
      all.link, 0, [](shard&) { return std::string(1000, 't'); }, text.handler());
  async_call(
      all.link, 0, [](shard&) { return std::make_unique<int>(7); }, owned.handler());
  async_call(
      all.link, 0, [&ran](shard&) { ++ran; }, [&](const std::exception_ptr& failure) { nothing += !failure; });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(number.calls + text.calls + owned.calls + nothing, 4);
  EXPECT_EQ(number.value, 42);
  EXPECT_EQ(text.value, std::string(1000, 't'));
  ASSERT_TRUE(owned.value);
  EXPECT_EQ(*owned.value, 7);
  EXPECT_EQ(ran, 1);
}

TEST(calls, run_on_the_thread_of_the_shard_that_was_named) {
  service all({.shards = 3});
  std::array<std::array<answer<std::thread::id>, 3>, 2> ran;
  std::array<answer<std::size_t>, 3> index;
  for (std::size_t each = 0; each < 3; ++each) {
    for (auto& round : ran)
      async_call(
          all.link, each, [](shard&) { return std::this_thread::get_id(); }, round[each].handler());
    async_call(
        all.link, each, [](const shard& on) { return on.index(); }, index[each].handler());
  }
  ASSERT_TRUE(all.finish());
  for (std::size_t each = 0; each < 3; ++each) {
    EXPECT_EQ(index[each].value, each);
    EXPECT_EQ(ran[0][each].value, ran[1][each].value);
    EXPECT_NE(ran[0][each].value, std::this_thread::get_id());
    EXPECT_NE(ran[0][each].value, ran[0][(each + 1) % 3].value);
  }
}

TEST(calls, bring_back_what_the_function_throws) {
  service all;
  answer<int> thrown;
  async_call(
      all.link, 0, [](shard&) -> int { throw std::logic_error("thrown on a shard"); }, thrown.handler());
  answer<int> after;
  async_call(
      all.link, 0, [](shard&) { return 1; }, after.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(thrown.failure);
  EXPECT_THROW(std::rethrow_exception(thrown.failure), std::logic_error);
  EXPECT_EQ(after.value, 1) << "the shard goes on";
}

TEST(calls, a_shard_that_is_not_there_is_an_invalid_argument) {
  service all({.shards = 2});
  answer<int> refused;
  bool ran = false;
  async_call(
      all.link, 2, [&ran](shard&) { return ran = true, 1; }, refused.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(refused.calls, 1);
  EXPECT_EQ(code_of(refused.failure), asio::error::invalid_argument);
  EXPECT_FALSE(ran);
  EXPECT_EQ(all.link.stats().accepted, 0U);
}

TEST(calls, on_a_stopped_group_are_refused_and_do_not_run) {
  service all;
  all.group.stop();
  all.group.join();
  answer<int> refused;
  bool ran = false;
  async_call(
      all.link, 0, [&ran](shard&) { return ran = true, 1; }, refused.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(refused.failure), errc::stopped);
  EXPECT_FALSE(ran);
}

TEST(calls, are_cancelled_until_they_begin) {
  service all;
  std::stop_source source;
  answer<int> cancelled;
  bool ran = false;
  async_call(
      all.link, 0, [](shard&) { std::this_thread::sleep_for(30ms); }, asio::detached);
  async_call(
      all.link, 0, [&ran](shard&) { return ran = true, 1; }, {.stop_token = source.get_token()}, cancelled.handler());
  source.request_stop();
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(cancelled.failure), asio::error::operation_aborted);
  EXPECT_FALSE(ran);
}

TEST(calls, what_a_function_owns_goes_when_its_handler_has_its_answer) {
  service all;
  auto owned = std::make_shared<int>();
  const std::weak_ptr<int> watched = owned;
  bool called = false;
  async_call(
      all.link, 0, [owned = std::move(owned)](shard&) {}, [&](const std::exception_ptr&) { called = true; });
  EXPECT_FALSE(watched.expired());
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(called);
  EXPECT_TRUE(watched.expired());
}

// One thread, one shard, admitted without waiting: the order of initiation.
TEST(order, calls_of_one_thread_run_in_the_order_of_their_initiation) {
  service all({}, {.max_ops = 5000});
  std::vector<int> ran;
  for (int each = 0; each < 5000; ++each)
    async_call(
        all.link, 0, [&ran, each](shard&) { ran.push_back(each); }, asio::detached);
  ASSERT_TRUE(all.finish());
  ASSERT_EQ(ran.size(), 5000U);
  EXPECT_TRUE(std::ranges::is_sorted(ran));
}

TEST(order, holds_for_each_of_several_threads) {
  service all({}, {.max_ops = 8000});
  std::array<std::vector<int>, 4> ran;
  std::vector<std::jthread> threads;
  for (std::vector<int>& own : ran)
    threads.emplace_back([&all, &own] {
      for (int each = 0; each < 1000; ++each)
        async_call(
            all.link, 0, [&own, each](shard&) { own.push_back(each); }, asio::detached);
    });
  threads.clear();
  ASSERT_TRUE(all.finish());
  for (const std::vector<int>& own : ran) {
    EXPECT_EQ(own.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(own));
  }
}

} // namespace
} // namespace shardbridge::tests
