// Goal: the admission word takes and gives exactly, by operations and by bytes, and lets nobody overtake a waiter.
// Method: short programs of calls with the answer of each; threads that take and give as fast as they can.
#include "printers.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum admission_word::taken;

TEST(admission_word, takes_until_the_operations_are_out) {
  admission_word word(2, 100);
  EXPECT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(0), full);
  EXPECT_EQ(word.ops(), 2U);
  EXPECT_EQ(word.give(1, 0).ops_left, 1U);
  EXPECT_EQ(word.try_take(0), taken);
}

TEST(admission_word, takes_until_the_bytes_are_out) {
  admission_word word(10, 100);
  EXPECT_EQ(word.try_take(60), taken);
  EXPECT_EQ(word.try_take(41), full);
  EXPECT_EQ(word.try_take(40), taken);
  EXPECT_EQ(word.try_take(1), full);
  EXPECT_EQ(word.try_take(0), taken) << "an operation without bytes needs none";
  EXPECT_EQ(word.bytes(), 100U);
  EXPECT_EQ(word.ops(), 3U);
}

TEST(admission_word, keeps_operations_and_bytes_apart_at_their_limits) {
  admission_word word(admission_word::ops_limit, admission_word::bytes_limit);
  EXPECT_EQ(word.try_take(admission_word::bytes_limit), taken);
  EXPECT_EQ(word.try_take(1), full);
  EXPECT_EQ(word.queue_or_take(1), full);
  EXPECT_EQ(word.ops(), 1U) << "the flag of the waiters is not an operation";
  EXPECT_EQ(word.bytes(), admission_word::bytes_limit);
  const admission_word::given given = word.give(1, admission_word::bytes_limit);
  EXPECT_EQ(given.ops_left, 0U);
  EXPECT_TRUE(given.waiters);
  word.no_more_waiters();
  for (std::uint64_t each = 0; each < admission_word::ops_limit; ++each)
    ASSERT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(0), full);
  EXPECT_EQ(word.ops(), admission_word::ops_limit);
}

TEST(admission_word, queues_only_who_finds_no_room) {
  admission_word word(1, 100);
  EXPECT_EQ(word.queue_or_take(1), taken);
  EXPECT_FALSE(word.give(1, 1).waiters);
  EXPECT_EQ(word.try_take(1), taken);
  EXPECT_EQ(word.queue_or_take(1), full);
  EXPECT_TRUE(word.give(1, 1).waiters);
}

TEST(admission_word, lets_nobody_overtake_a_waiter) {
  admission_word word(2, 100);
  ASSERT_EQ(word.try_take(90), taken);
  ASSERT_EQ(word.queue_or_take(20), full);
  EXPECT_EQ(word.try_take(1), full) << "there is room, but somebody waits";
  EXPECT_EQ(word.queue_or_take(1), full);
  EXPECT_EQ(word.take_for_waiter(20), full);
  EXPECT_EQ(word.take_for_waiter(10), taken);
  word.no_more_waiters();
  EXPECT_TRUE(!word.give(2, 100).waiters);
  EXPECT_EQ(word.try_take(100), taken);
}

TEST(admission_word, counts_exactly_with_many_threads) {
  constexpr std::uint64_t max_ops = 3;
  constexpr std::uint64_t max_bytes = 50;
  admission_word word(max_ops, max_bytes);
  std::atomic<std::uint64_t> inside{0};
  std::atomic<std::uint64_t> bytes_inside{0};
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (std::uint64_t each = 0; each < 4; ++each) {
    threads.emplace_back([&, bytes = 7 + 10 * each] {
      for (int round = 0; round < 20000; ++round) {
        if (word.try_take(bytes) == full) continue;
        if (inside.fetch_add(1) >= max_ops || bytes_inside.fetch_add(bytes) + bytes > max_bytes) exceeded = true;
        inside.fetch_sub(1);
        bytes_inside.fetch_sub(bytes);
        static_cast<void>(word.give(1, bytes));
      }
    });
  }
  for (std::thread& each : threads)
    each.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(word.ops(), 0U);
  EXPECT_EQ(word.bytes(), 0U);
}

} // namespace
} // namespace shardbridge::detail
