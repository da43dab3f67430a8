// Goal: the admission word takes and gives exactly, by operations and by bytes, lets nobody overtake a waiter, and
// changes the level of pressure only for who has the lock.
// Method: short programs of calls with the answer of each; threads that take and give as fast as they can.
#include "printers.hpp"

#include <bridge/admission_word.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum admission_word::taken;
using enum pressure_level;

/// No bridge may have such marks: they are never reached.
constexpr watermarks no_levels{.throttled = {200, 200}, .suspended = {200, 200}};

TEST(admission_word, takes_until_the_operations_are_out) {
  admission_word word(2, 100, no_levels);
  EXPECT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(0), full);
  EXPECT_EQ(word.ops(), 2U);
  EXPECT_EQ(word.give(1, 0).ops_left, 1U);
  EXPECT_EQ(word.try_take(0), taken);
}

TEST(admission_word, takes_until_the_bytes_are_out) {
  admission_word word(10, 100, no_levels);
  EXPECT_EQ(word.try_take(60), taken);
  EXPECT_EQ(word.try_take(41), full);
  EXPECT_EQ(word.try_take(40), taken);
  EXPECT_EQ(word.try_take(1), full);
  EXPECT_EQ(word.try_take(0), taken) << "an operation without bytes needs none";
  EXPECT_EQ(word.bytes(), 100U);
  EXPECT_EQ(word.ops(), 3U);
}

TEST(admission_word, keeps_operations_bytes_and_level_apart_at_their_limits) {
  admission_word word(admission_word::ops_limit, admission_word::bytes_limit);
  EXPECT_EQ(word.queue_or_take(admission_word::bytes_limit), taken);
  EXPECT_EQ(word.try_take(1), full);
  EXPECT_EQ(word.queue_or_take(1), full);
  EXPECT_EQ(word.ops(), 1U) << "the flag of the waiters is not an operation";
  EXPECT_EQ(word.bytes(), admission_word::bytes_limit);
  EXPECT_EQ(word.level(), suspended);
  const admission_word::given given = word.give_locked(1, admission_word::bytes_limit);
  EXPECT_EQ(given.ops_left, 0U);
  EXPECT_TRUE(given.waiters);
  EXPECT_EQ(word.level(), normal);
  word.no_more_waiters();
  for (std::uint64_t each = 0; each < admission_word::ops_limit; ++each)
    ASSERT_EQ(word.queue_or_take(0), taken);
  EXPECT_EQ(word.queue_or_take(0), full);
  EXPECT_EQ(word.ops(), admission_word::ops_limit);
  EXPECT_EQ(word.bytes(), 0U);
  EXPECT_EQ(word.level(), suspended);
}

TEST(admission_word, queues_only_who_finds_no_room) {
  admission_word word(1, 100, no_levels);
  EXPECT_EQ(word.queue_or_take(1), taken);
  EXPECT_FALSE(word.give(1, 1).waiters);
  EXPECT_EQ(word.try_take(1), taken);
  EXPECT_EQ(word.queue_or_take(1), full);
  EXPECT_TRUE(word.give(1, 1).waiters);
}

TEST(admission_word, lets_nobody_overtake_a_waiter) {
  admission_word word(2, 100, no_levels);
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

TEST(admission_word, lets_who_comes_first_overtake) {
  admission_word word(3, 100, no_levels);
  ASSERT_EQ(word.try_take(90), taken);
  ASSERT_EQ(word.queue_or_take(20), full);
  EXPECT_EQ(word.queue_or_take(11, true), full) << "it still needs room";
  EXPECT_EQ(word.queue_or_take(10, true), taken);
  EXPECT_TRUE(word.give(1, 10).waiters) << "who was overtaken waits still";
}

// 20 permits: throttled from 17 on and until below 15, suspended from 19 on and until below 17.
TEST(admission_word, takes_nothing_where_taking_would_change_the_level) {
  admission_word word(20, 1000);
  for (int each = 0; each < 16; ++each)
    ASSERT_EQ(word.try_take(1), taken);
  EXPECT_EQ(word.try_take(1), crosses);
  EXPECT_EQ(word.ops(), 16U);
  EXPECT_EQ(word.bytes(), 16U);
  EXPECT_EQ(word.level(), normal);
  EXPECT_EQ(word.queue_or_take(1), taken);
  EXPECT_EQ(word.level(), throttled);
  EXPECT_EQ(word.try_take(1), taken) << "on the same level";
  EXPECT_EQ(word.try_take(1), crosses);
  EXPECT_EQ(word.ops(), 18U);
  EXPECT_EQ(word.take_for_waiter(1), taken);
  EXPECT_EQ(word.level(), suspended);
  EXPECT_EQ(word.try_take(1), taken);
  EXPECT_EQ(word.try_take(1), full) << "no room is no change of the level";
}

TEST(admission_word, gives_nothing_where_giving_would_change_the_level) {
  admission_word word(20, 1000);
  for (int each = 0; each < 20; ++each)
    ASSERT_EQ(word.queue_or_take(1), taken);
  EXPECT_FALSE(word.give(3, 3).crosses);
  EXPECT_EQ(word.ops(), 17U) << "it was entered at 19, but it is left below 17";
  EXPECT_TRUE(word.give(1, 1).crosses);
  EXPECT_EQ(word.ops(), 17U);
  EXPECT_EQ(word.bytes(), 17U);
  EXPECT_EQ(word.level(), suspended);
  EXPECT_EQ(word.give_locked(1, 1).ops_left, 16U);
  EXPECT_EQ(word.level(), throttled);
  EXPECT_FALSE(word.give(1, 1).crosses);
  EXPECT_TRUE(word.give(1, 1).crosses);
  EXPECT_EQ(word.ops(), 15U);
  word.give_locked(1, 1);
  EXPECT_EQ(word.level(), normal);
  EXPECT_EQ(word.ops(), 14U);
  EXPECT_EQ(word.bytes(), 14U);
}

TEST(admission_word, goes_from_suspended_to_normal_in_one_step) {
  admission_word word(20, 1000);
  for (int each = 0; each < 20; ++each)
    ASSERT_EQ(word.queue_or_take(1), taken);
  EXPECT_TRUE(word.give(20, 20).crosses);
  word.give_locked(20, 20);
  EXPECT_EQ(word.level(), normal);
  EXPECT_EQ(word.ops(), 0U);
}

TEST(admission_word, has_a_level_by_bytes_too) {
  admission_word word(1000, 1000);
  EXPECT_EQ(word.try_take(849), taken);
  EXPECT_EQ(word.try_take(0), taken);
  EXPECT_EQ(word.try_take(1), crosses);
  EXPECT_EQ(word.queue_or_take(150), taken);
  EXPECT_EQ(word.level(), suspended) << "999 of 1000, past throttled";
  EXPECT_FALSE(word.give(0, 149).crosses);
  EXPECT_TRUE(word.give(0, 1).crosses) << "bytes alone are given back, too";
  word.give_locked(0, 1);
  EXPECT_EQ(word.level(), throttled);
  EXPECT_EQ(word.bytes(), 849U);
}

TEST(admission_word, tells_of_waiters_when_it_tells_of_a_change) {
  admission_word word(1, 100);
  EXPECT_EQ(word.try_take(1), crosses) << "one of one";
  EXPECT_EQ(word.queue_or_take(1), taken);
  EXPECT_EQ(word.level(), suspended);
  EXPECT_EQ(word.queue_or_take(1), full);
  const admission_word::given given = word.give(1, 1);
  EXPECT_TRUE(given.crosses);
  EXPECT_TRUE(given.waiters);
  EXPECT_EQ(word.ops(), 1U);
  EXPECT_TRUE(word.give_locked(1, 1).waiters);
  EXPECT_EQ(word.level(), normal);
  EXPECT_EQ(word.try_take(1), full) << "somebody waits, whatever the level would be";
}

TEST(admission_word, is_at_normal_with_nothing_out_whatever_the_marks) {
  for (const unsigned leave : {1U, 50U, 100U}) {
    for (const unsigned enter : {1U, 50U, 100U}) {
      if (leave > enter) continue;
      for (std::uint64_t max_ops = 1; max_ops < 30; ++max_ops) {
        admission_word word(max_ops, max_ops, {.throttled = {enter, leave}, .suspended = {enter, leave}});
        for (std::uint64_t each = 0; each < max_ops; ++each)
          ASSERT_EQ(word.queue_or_take(1), taken);
        ASSERT_EQ(word.level(), suspended) << "it is full";
        for (std::uint64_t each = 0; each < max_ops; ++each)
          word.give_locked(1, 1);
        ASSERT_EQ(word.level(), normal) << max_ops << " permits, marks " << enter << " and " << leave;
      }
    }
  }
}

TEST(admission_word, counts_exactly_with_many_threads) {
  constexpr std::uint64_t max_ops = 3;
  constexpr std::uint64_t max_bytes = 50;
  admission_word word(max_ops, max_bytes, no_levels);
  std::atomic<std::uint64_t> inside{0};
  std::atomic<std::uint64_t> bytes_inside{0};
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (std::uint64_t each = 0; each < 4; ++each) {
    threads.emplace_back([&, bytes = 7 + 10 * each] {
      for (int round = 0; round < 20000; ++round) {
        if (word.try_take(bytes) != taken) continue;
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
