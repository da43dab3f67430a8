// Goal: lanes lose nothing, invent nothing, and keep the order of each thread; the tags of a lane item survive.
// Method: one thread for the order, several for the counts.
#include "test_operation.hpp"

#include <bridge/lane.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using meaning = lane_item::meaning;

TEST(lane_item, keeps_operation_and_meaning_apart) {
  test_operation op;
  for (const meaning each : {meaning::request, meaning::cancel, meaning::unparked}) {
    const lane_item item(op, each);
    EXPECT_EQ(&item.op(), &op);
    EXPECT_EQ(item.what(), each);
  }
}

TEST(request_lane, is_empty_at_first) {
  request_lane lane;
  std::array<lane_item, 4> items;
  EXPECT_EQ(lane.pop(items), 0U);
}

TEST(request_lane, gives_back_in_order_as_many_as_are_asked_for) {
  request_lane lane;
  std::deque<test_operation> operations(100);
  for (test_operation& each : operations)
    lane.push({each, meaning::request});
  std::array<lane_item, 7> items;
  std::size_t next = 0;
  while (const std::size_t count = lane.pop(items)) {
    EXPECT_EQ(count, std::min<std::size_t>(items.size(), operations.size() - next));
    for (std::size_t each = 0; each < count; ++each)
      ASSERT_EQ(&items[each].op(), &operations[next++]);
  }
  EXPECT_EQ(next, operations.size());
}

TEST(reply_lane, gives_back_batches_in_order) {
  reply_lane lane(8);
  std::deque<test_operation> operations(100);
  std::vector<operation*> batch;
  for (test_operation& each : operations) {
    batch.push_back(&each);
    if (batch.size() < 20) continue;
    ASSERT_TRUE(lane.push(batch)) << "more than the capacity it was made for";
    batch.clear();
  }
  std::array<operation*, 64> out{};
  EXPECT_EQ(lane.pop(out), 64U);
  EXPECT_EQ(out[0], &operations[0]);
  EXPECT_EQ(out[63], &operations[63]);
  EXPECT_EQ(lane.pop(out), 36U);
  EXPECT_EQ(out[35], &operations[99]);
  EXPECT_EQ(lane.pop(out), 0U);
}

TEST(request_lane, keeps_the_order_of_each_of_many_threads) {
  constexpr std::size_t threads = 3;
  constexpr std::size_t each_pushes = 10000;
  request_lane lane;
  std::vector<std::deque<test_operation>> operations(threads);
  std::vector<std::thread> pushing;
  for (auto& own : operations) {
    own.resize(each_pushes);
    for (std::size_t number = 0; number < each_pushes; ++number) {
      own[number].shard_index = static_cast<std::uint32_t>(&own - operations.data());
      own[number].offset = number;
    }
    pushing.emplace_back([&lane, &own] {
      for (test_operation& op : own)
        lane.push({op, meaning::request});
    });
  }
  std::array<std::uint64_t, threads> next{};
  std::array<lane_item, 64> items;
  for (std::size_t taken = 0; taken < threads * each_pushes;) {
    const std::size_t count = lane.pop(items);
    for (const lane_item& item : std::span(items).first(count))
      ASSERT_EQ(item.op().offset, next[item.op().shard_index]++);
    taken += count;
  }
  for (std::thread& each : pushing)
    each.join();
  EXPECT_EQ(lane.pop(items), 0U);
}

// As the library uses it: one thread pops at a time, and no more is pushed than there are permits, so that places are
// used again as soon as they are free.
TEST(reply_lane, hands_each_operation_to_one_of_many_threads) {
  constexpr std::size_t total = 200'000;
  constexpr std::size_t permits = 32;
  reply_lane lane(permits);
  std::deque<test_operation> operations(total);
  std::mutex role;
  std::atomic<std::size_t> popped{0};
  std::vector<std::thread> popping;
  popping.reserve(2);
  for (int each = 0; each < 2; ++each) {
    popping.emplace_back([&] {
      std::array<operation*, 16> out{};
      while (popped.load() < total) {
        const std::lock_guard lock(role);
        const std::size_t count = lane.pop(out);
        for (operation* op : std::span(out).first(count))
          ++op->cancels_taken;
        popped.fetch_add(count);
        if (count == 0) std::this_thread::yield();
      }
    });
  }
  std::array<operation*, 10> batch{};
  for (std::size_t next = 0; next < total; next += batch.size()) {
    for (std::size_t each = 0; each < batch.size(); ++each)
      batch[each] = &operations[next + each];
    while (next + batch.size() - popped.load() > permits)
      std::this_thread::yield();
    ASSERT_TRUE(lane.push(batch));
  }
  for (std::thread& each : popping)
    each.join();
  for (const test_operation& each : operations)
    ASSERT_EQ(each.cancels_taken, 1U);
}

} // namespace
} // namespace shardbridge::detail
