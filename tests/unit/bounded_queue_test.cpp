// Goal: the ring that a channel keeps its values in. Method: one step after another, with values that can only be moved
// and tell how many of them there are.
#include <shardbridge/detail/bounded_queue.hpp>

#include <cstdint>
#include <memory>
#include <new>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

struct item {
  explicit item(int of) : number(std::make_unique<int>(of)) {}
  std::unique_ptr<int> number;
};

TEST(bounded_queue, keeps_the_order_round_and_round) {
  bounded_queue<item> queue(3);
  int in = 0;
  int out = 0;
  for (int each = 0; each < 5; ++each) {
    while (!queue.full())
      queue.push_back(item(in++));
    EXPECT_EQ(queue.size(), 3U);
    for (int some = 0; some < 2; ++some)
      EXPECT_EQ(*queue.pop_front().number, out++);
  }
  while (!queue.empty())
    EXPECT_EQ(*queue.pop_front().number, out++);
  EXPECT_EQ(out, in);
}

TEST(bounded_queue, of_one_place_is_empty_or_full) {
  bounded_queue<item> queue(1);
  for (int each = 0; each < 3; ++each) {
    EXPECT_TRUE(queue.empty() && !queue.full());
    queue.push_back(item(each));
    EXPECT_TRUE(!queue.empty() && queue.full());
    EXPECT_EQ(*queue.pop_front().number, each);
  }
}

TEST(bounded_queue, of_no_place_is_both) {
  const bounded_queue<item> queue(0);
  EXPECT_TRUE(queue.empty() && queue.full());
  EXPECT_EQ(queue.capacity(), 0U);
}

TEST(bounded_queue, destroys_what_is_left) {
  const auto shared = std::make_shared<int>(0);
  {
    bounded_queue<std::shared_ptr<int>> queue(2);
    for (int each = 0; each < 3; ++each) {
      queue.push_back(std::shared_ptr<int>(shared));
      if (each == 0) queue.pop_front();
    }
    EXPECT_EQ(shared.use_count(), 3);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(bounded_queue, keeps_values_where_they_must_be) {
  struct alignas(64) line {
    int number;
  };
  bounded_queue<line> queue(2);
  queue.push_back({7});
  EXPECT_EQ(queue.pop_front().number, 7);
}

TEST(bounded_queue, cannot_be_larger_than_memory) {
  EXPECT_THROW(bounded_queue<item>(SIZE_MAX), std::bad_alloc);
}

} // namespace
} // namespace shardbridge::detail
