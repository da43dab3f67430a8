// Goal: after it has warmed up a lane allocates nothing, with one producer thread and with many, and with threads that
// come and go. Method: a lane frees no block before its end, so whatever it allocates shows in what is allocated in
// all.
#include "test_operation.hpp"

#include <bridge/lane.hpp>

#include <array>
#include <barrier>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

namespace shardbridge::detail {
namespace {

std::size_t allocated() {
  return ::mallinfo2().uordblks;
}

class lane_memory : public testing::Test {
 public:
  void SetUp() override {
    if (allocated() == 0) GTEST_SKIP() << "a sanitizer's allocator does not say how much is allocated";
  }
  void push(std::size_t count) {
    for (std::size_t each = 0; each < count; ++each)
      lane.push({op, lane_item::meaning::request});
  }
  void push_batch(std::size_t count) { lane.push(std::span<const lane_item>(batch).first(count)); }
  std::size_t pop_all() {
    std::array<lane_item, 64> items;
    std::size_t all = 0;
    while (const std::size_t count = lane.pop(items))
      all += count;
    return all;
  }

  test_operation op;
  std::vector<lane_item> batch{64, lane_item(op, lane_item::meaning::request)};
  request_lane lane;
};

TEST_F(lane_memory, does_not_grow_with_one_thread) {
  const auto round = [&] {
    push(300);
    push_batch(64);
    EXPECT_EQ(pop_all(), 364U);
  };
  for (int each = 0; each < 10; ++each)
    round();
  const std::size_t warm = allocated();
  for (int each = 0; each < 1000; ++each)
    round();
  EXPECT_EQ(allocated(), warm);
}

TEST_F(lane_memory, does_not_grow_with_many_threads) {
  constexpr int threads = 64;
  constexpr int rounds = 200;
  std::size_t warm = 0;
  int round = 0;
  // By the last to arrive of each round, while all others wait.
  std::barrier together(threads, [&]() noexcept {
    EXPECT_EQ(pop_all(), threads * 48U);
    if (++round == 10) warm = allocated();
    if (round < rounds) return;
    EXPECT_EQ(allocated(), warm);
  });
  std::vector<std::jthread> all;
  all.reserve(threads);
  for (int each = 0; each < threads; ++each) {
    all.emplace_back([&] {
      for (int own = 0; own < rounds; ++own) {
        push(16);
        push_batch(32);
        together.arrive_and_wait();
      }
    });
  }
}

// The sub-queue of a thread that has ended is given to the next: ten thousand leave no more behind than a few.
TEST_F(lane_memory, does_not_grow_as_threads_come_and_go) {
  std::size_t warm = 0;
  for (int each = 0; each < 10'000; ++each) {
    if (each == 100) warm = allocated();
    std::thread([&] { push(3); }).join();
    ASSERT_EQ(pop_all(), 3U);
  }
  EXPECT_LE(allocated(), warm + 1024) << "the threads' own bookkeeping";
}

} // namespace
} // namespace shardbridge::detail
