// Goal: the operations of an open loop are taken once each, in order, by whoever has room, and their latency counts
// from when they were due. Method: schedules without a clock; clients driven by hand.

#include "offload/block_client.hpp"
#include "offload/sleep_until_due.hpp"
#include "offload/timed_round.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

workload open_loop(double rate) {
  workload what;
  what.size = 64 * 512;
  what.block = 512;
  what.depth = 2;
  what.rate = rate;
  what.apart = spacing::even;
  return what;
}

TEST(due_times, are_taken_in_order_until_the_end) {
  const auto begin = bench_clock::now();
  due_times tested;
  tested.start(arrivals(begin, begin + 1s, 10, 1, spacing::even));
  for (int i = 1; i != 10; ++i)
    EXPECT_EQ(tested.take(), begin + i * 100ms);
  EXPECT_FALSE(tested.take());
  EXPECT_EQ(tested.fell_due(begin + 1s), 9U);
  EXPECT_EQ(tested.fell_due(begin + 450ms), 4U) << "taken or not";
  tested.start(arrivals(begin, begin + 1s, 10, 1, spacing::even));
  EXPECT_EQ(tested.take(), begin + 100ms) << "again";
}

TEST(due_times, are_shared_by_threads_without_a_gap) {
  const auto begin = bench_clock::now();
  due_times tested;
  const arrivals all(begin, begin + 1s, 20'000, 5);
  tested.start(all);
  std::vector<std::vector<bench_clock::time_point>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken)
      threads.emplace_back([&] {
        while (const auto due = tested.take())
          mine.push_back(*due);
      });
  }
  std::vector<bench_clock::time_point> together;
  for (const auto& mine : taken) {
    EXPECT_TRUE(std::ranges::is_sorted(mine)) << "what is taken later is due later";
    together.insert(together.end(), mine.begin(), mine.end());
  }
  std::ranges::sort(together);
  EXPECT_EQ(together.size(), tested.fell_due(begin + 1s));
  arrivals expected = all;
  for (const auto due : together) {
    ASSERT_EQ(due, expected.next());
    expected.advance();
  }
}

struct fixture {
  fixture() : shared(open_loop(1000), nullptr) {}
  /// A round that begins then.
  void begin_round(bench_clock::time_point begin, bench_clock::duration length) {
    shared.end = begin + length;
    start_due_times(shared, begin);
  }
  load shared;
  std::vector<std::byte> buffer = std::vector<std::byte>(512);
};

TEST(open_loop_client, is_early_until_its_operation_is_due) {
  fixture f;
  block_client one(f.shared, 0, f.buffer);
  block_client two(f.shared, 1, f.buffer);
  const auto begin = bench_clock::now() + 1h;
  f.begin_round(begin, 1s);
  ASSERT_TRUE(one.next());
  ASSERT_TRUE(two.next());
  EXPECT_TRUE(one.early());
  EXPECT_EQ(one.due(), begin + 1ms);
  EXPECT_EQ(two.due(), begin + 2ms) << "the next one has whoever has room";
}

TEST(open_loop_client, counts_the_latency_of_a_late_operation_from_when_it_was_due) {
  fixture f;
  block_client client(f.shared, 0, f.buffer);
  const auto begin = bench_clock::now() - 500ms; // nobody had room until now
  f.begin_round(begin, 1h);
  ASSERT_TRUE(client.next());
  EXPECT_FALSE(client.early());
  client.completed(512);
  const account sum = f.shared.accounts.take();
  EXPECT_EQ(sum.operations, 1U);
  EXPECT_GE(sum.latency.quantile(0.5), 490ms);
}

TEST(open_loop_client, ends_when_nothing_more_is_due) {
  fixture f;
  f.shared.what.rate = 0.001;
  block_client client(f.shared, 0, f.buffer);
  f.begin_round(bench_clock::now() - 3500s, 3900s);
  for (int i = 0; i != 3; ++i) {
    ASSERT_TRUE(client.next());
    client.completed(512);
  }
  EXPECT_FALSE(client.next());
}

TEST(open_loop_client, ends_with_the_round_though_it_is_late) {
  fixture f;
  block_client client(f.shared, 0, f.buffer);
  f.begin_round(bench_clock::now() - 1h, 1h + 200ms);
  ASSERT_TRUE(client.next());
  std::this_thread::sleep_for(250ms);
  client.completed(512);
  EXPECT_FALSE(client.next());
  EXPECT_TRUE(f.shared.due.take()) << "there was more to do";
}

TEST(open_loop_client, sleeps_until_its_operation_is_due) {
  fixture f;
  f.shared.what.rate = 10;
  block_client client(f.shared, 0, f.buffer);
  f.begin_round(bench_clock::now(), 1h);
  ASSERT_TRUE(client.next());
  ASSERT_TRUE(sleep_until_due(client));
  EXPECT_GE(bench_clock::now(), client.due());
  client.completed(512);
}

TEST(open_loop_client, that_withdraws_is_not_counted_and_leaves_its_block) {
  workload what = open_loop(1000);
  what.size = 512;
  what.rw = rw_mode::randwrite;
  what.verify = true;
  auto ledger = block_ledger::create(1);
  load shared(what, &ledger);
  std::vector<std::byte> buffer(512);
  block_client client(shared, 0, buffer);
  shared.end = bench_clock::now() + 2h;
  start_due_times(shared, bench_clock::now() + 1h);
  ASSERT_TRUE(client.next());
  client.withdraw();
  ASSERT_TRUE(client.next()) << "the only block is free again";
  client.completed(512);
  EXPECT_EQ(shared.accounts.take().operations, 1U);
}

TEST(timed_round, of_an_open_loop_says_what_fell_due_and_what_was_not_begun) {
  fixture f;
  block_client client(f.shared, 0, f.buffer);
  auto run = [&] {
    for (int i = 0; i != 20 && client.next(); ++i) {
      sleep_until_due(client);
      client.completed(512);
    }
  };
  const round_result slow = timed_part(f.shared, 10, run);
  EXPECT_EQ(slow.due, 9999U);
  EXPECT_EQ(slow.not_begun(), 9979U);
  EXPECT_DOUBLE_EQ(slow.offering_seconds, 10);
  EXPECT_DOUBLE_EQ(slow.seconds, 10) << "it lasts as long as operations fall due";
  EXPECT_DOUBLE_EQ(slow.offered_per_s(), 999.9);
}

TEST(timed_round, of_an_open_loop_is_another_one_each_time_and_the_same_for_all_engines) {
  const auto due_of = [](unsigned rounds) {
    workload what = open_loop(1000);
    what.apart = spacing::random;
    load shared(what, nullptr);
    shared.end = bench_clock::time_point(1s);
    for (unsigned i = 0; i != rounds; ++i)
      start_due_times(shared, bench_clock::time_point());
    return shared.due.take();
  };
  EXPECT_EQ(due_of(1), due_of(1));
  EXPECT_NE(due_of(1), due_of(2));
}

TEST(timed_round, of_a_closed_loop_has_nothing_due) {
  workload what = open_loop(0);
  load shared(what, nullptr);
  std::vector<std::byte> buffer(512);
  block_client client(shared, 0, buffer);
  auto run = [&] {
    EXPECT_TRUE(client.next());
    EXPECT_FALSE(client.early());
    client.completed(512);
  };
  const round_result round = timed_part(shared, 0.01, run);
  EXPECT_EQ(round.due, 0U);
  EXPECT_EQ(round.not_begun(), 0U);
  EXPECT_EQ(round.operations(), 1U);
}

} // namespace
} // namespace shardbridge::bench
