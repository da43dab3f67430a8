// Goal: permits taken in advance make no difference that can be seen: not to the limits, not to the level, not to who
// waits, not to what is outstanding.
// Method: an admission large enough for them, used by threads of different groups, one behind the other and all at
// once.
#include "printers.hpp"
#include "test_operation.hpp"

#include <bridge/admission.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum admission::acquired;

constexpr std::uint64_t max_ops = 1024;
constexpr std::uint64_t max_bytes = max_ops * 10;
constexpr bridge_options refusing{.max_ops = max_ops, .max_bytes = max_bytes, .when_full = when_full::refuse};

/// Takes so many on each of several threads, so that credits of several groups are left. Returns how many it took.
std::uint64_t take_on_threads(admission& permits, std::uint64_t each, std::uint64_t bytes = 1) {
  constexpr int threads = 8;
  std::atomic<std::uint64_t> count{0};
  for (int thread = 0; thread < threads; ++thread)
    std::thread([&] {
      for (std::uint64_t op = 0; op < each; ++op) {
        test_operation taking;
        taking.bytes = bytes;
        if (permits.acquire(taking) == taken) ++count;
      }
    }).join();
  return count;
}

void give(admission& permits, std::uint64_t ops, std::uint64_t bytes) {
  operation_list granted;
  permits.release(ops, bytes, granted);
  EXPECT_TRUE(granted.empty());
}

TEST(credits, are_only_for_bridges_with_much_room) {
  EXPECT_FALSE(credits(bridge_options{.max_ops = 16}).enabled());
  EXPECT_TRUE(credits(bridge_options{.max_ops = 65536}).enabled());
}

TEST(credits, count_for_nobody_who_looks) {
  admission permits(refusing);
  const std::uint64_t count = take_on_threads(permits, 5);
  EXPECT_EQ(permits.ops(), count);
  EXPECT_EQ(permits.bytes(), count);
  EXPECT_EQ(permits.outstanding(), count);
  give(permits, count, count);
  EXPECT_EQ(permits.ops(), 0U);
  EXPECT_EQ(permits.outstanding(), 0U);
}

TEST(credits, are_taken_back_before_anybody_is_refused) {
  admission permits(refusing);
  std::uint64_t count = take_on_threads(permits, 3);
  const std::uint64_t bytes = count; // one each
  for (test_operation op; permits.acquire(op) == taken;)
    ++count;
  EXPECT_EQ(count, max_ops);
  EXPECT_EQ(permits.level(), pressure_level::suspended);
  EXPECT_EQ(take_on_threads(permits, 1), 0U);
  give(permits, max_ops, bytes);
  EXPECT_EQ(permits.ops(), 0U);
}

TEST(credits, do_not_raise_the_level) {
  admission permits(refusing);
  std::uint64_t count = take_on_threads(permits, 3);
  test_operation op;
  for (; count < 870; ++count)
    ASSERT_EQ(permits.acquire(op), taken);
  EXPECT_EQ(permits.level(), pressure_level::normal) << "870 of 1024 are less than 85 percent";
  ASSERT_EQ(permits.acquire(op), taken);
  EXPECT_EQ(permits.level(), pressure_level::throttled);
}

TEST(credits, of_bytes_are_taken_back_too) {
  admission permits(refusing);
  const std::uint64_t count = take_on_threads(permits, 1, 100);
  test_operation rest;
  rest.bytes = max_bytes - 100 * count;
  EXPECT_EQ(permits.acquire(rest), taken);
  EXPECT_EQ(permits.bytes(), max_bytes);
  give(permits, count + 1, max_bytes);
  EXPECT_EQ(permits.bytes(), 0U);
}

TEST(credits, do_not_keep_a_waiter_waiting) {
  admission permits(bridge_options{.max_ops = max_ops, .max_bytes = max_bytes, .max_waiters = 8});
  test_operation large;
  large.bytes = max_bytes;
  ASSERT_EQ(permits.acquire(large), taken);
  test_operation waiter;
  waiter.bytes = max_bytes;
  ASSERT_EQ(permits.acquire(waiter), waiting);
  operation_list granted;
  permits.release(1, max_bytes, granted);
  EXPECT_EQ(granted.pop_front(), &waiter);
  give(permits, 1, max_bytes);
  const std::uint64_t count = take_on_threads(permits, 1);
  ASSERT_EQ(permits.acquire(waiter), waiting);
  permits.release(count, count, granted);
  EXPECT_EQ(granted.pop_front(), &waiter) << "all that was left was taken in advance";
}

TEST(credits, tell_whoever_waits_for_the_end_to_look_again) {
  admission permits(refusing);
  const std::uint64_t count = take_on_threads(permits, 1);
  test_operation all;
  all.bytes = max_bytes;
  ASSERT_EQ(permits.acquire(all), no_room);
  EXPECT_TRUE(permits.has_news());
  operation_list calmed;
  EXPECT_FALSE(permits.take_news(calmed)) << "the level has not changed";
  EXPECT_TRUE(permits.take_seemed_more());
  EXPECT_FALSE(permits.take_seemed_more());
  give(permits, count, count);
}

TEST(credits, count_exactly_with_many_threads) {
  admission permits(bridge_options{.max_ops = 128, .max_bytes = 4000, .when_full = when_full::refuse});
  std::atomic<std::uint64_t> inside{0};
  std::atomic<std::uint64_t> bytes_inside{0};
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (std::uint64_t each = 0; each < 4; ++each)
    threads.emplace_back([&, each] {
      std::deque<std::uint64_t> mine;
      const auto give_back_all_but = [&](std::uint64_t kept) {
        for (; mine.size() > kept; mine.pop_front()) {
          inside.fetch_sub(1);
          bytes_inside.fetch_sub(mine.front());
          give(permits, 1, mine.front());
        }
      };
      for (std::uint64_t round = 0; round < 20'000; ++round) {
        test_operation op;
        op.bytes = (round * 37 + each * 11) % 60;
        if (permits.acquire(op) == taken) {
          mine.push_back(op.bytes);
          if (inside.fetch_add(1) + 1 > 128 || bytes_inside.fetch_add(op.bytes) + op.bytes > 4000) wrong = true;
        }
        if (permits.outstanding() < mine.size()) wrong = true;
        give_back_all_but(round % 50);
      }
      give_back_all_but(0);
    });
  for (std::thread& each : threads)
    each.join();
  EXPECT_FALSE(wrong);
  EXPECT_EQ(permits.ops(), 0U);
  EXPECT_EQ(permits.bytes(), 0U);
  EXPECT_EQ(permits.outstanding(), 0U);
  EXPECT_EQ(permits.level(), pressure_level::normal);
}

} // namespace
} // namespace shardbridge::detail
