// Goal: the heap gives out the earliest deadline and lets any operation leave, as a sorted map does.
// Method: random programs against std::multimap, with a printed seed; the edge cases by hand.
#include "seed.hpp"
#include "test_operation.hpp"

#include <bridge/deadline_heap.hpp>

#include <deque>
#include <map>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

TEST(deadline_heap, is_empty_at_first) {
  deadline_heap heap;
  EXPECT_TRUE(heap.empty());
  EXPECT_EQ(heap.size(), 0U);
  EXPECT_EQ(heap.earliest(), never);
  EXPECT_EQ(heap.pop_due(never), nullptr);
}

TEST(deadline_heap, gives_out_what_is_due_and_no_more) {
  deadline_heap heap;
  heap.reserve(2);
  test_operation late;
  late.deadline = 20;
  test_operation early;
  early.deadline = 10;
  ASSERT_TRUE(heap.try_insert(late));
  heap.insert(early);
  EXPECT_EQ(heap.earliest(), 10);
  EXPECT_EQ(heap.pop_due(9), nullptr);
  EXPECT_EQ(heap.pop_due(10), &early) << "due at its deadline";
  EXPECT_EQ(early.heap_index, deadline_heap::absent);
  EXPECT_EQ(heap.pop_due(10), nullptr);
  EXPECT_EQ(heap.earliest(), 20);
}

TEST(deadline_heap, forgets_what_leaves_and_ignores_what_is_not_in_it) {
  deadline_heap heap;
  test_operation op;
  op.deadline = 1;
  heap.erase(op);
  heap.insert(op);
  heap.erase(op);
  heap.erase(op);
  EXPECT_TRUE(heap.empty());
  heap.insert(op);
  EXPECT_EQ(heap.pop_due(1), &op);
}

class heap_and_map {
 public:
  explicit heap_and_map(std::uint64_t seed) : random_(seed) {}

  void step() {
    const std::size_t what = random_.roll(8);
    test_operation& op = operations_[random_.roll(operations_.size())];
    if (what < 4)
      insert(op);
    else if (what < 6)
      erase(op);
    else
      pop();
    ASSERT_EQ(heap_.size(), map_.size());
    ASSERT_EQ(heap_.earliest(), map_.empty() ? never : map_.begin()->first);
  }

  void empty_it() {
    std::int64_t last = INT64_MIN;
    while (operation* const op = heap_.pop_due(never)) {
      ASSERT_GE(op->deadline, last);
      last = op->deadline;
      ASSERT_EQ(forget(*op), 1U);
    }
    ASSERT_TRUE(map_.empty());
  }

 private:
  void insert(test_operation& op) {
    if (op.heap_index != deadline_heap::absent) return;
    // Few values, so that many are equal.
    op.deadline = static_cast<std::int64_t>(random_.roll(30));
    heap_.insert(op);
    map_.emplace(op.deadline, &op);
  }
  void erase(test_operation& op) {
    const bool was_in = op.heap_index != deadline_heap::absent;
    heap_.erase(op);
    ASSERT_EQ(op.heap_index, deadline_heap::absent);
    ASSERT_EQ(forget(op), was_in ? 1U : 0U);
  }
  void pop() {
    const auto now = static_cast<std::int64_t>(random_.roll(30));
    operation* const due = heap_.pop_due(now);
    ASSERT_EQ(due != nullptr, !map_.empty() && map_.begin()->first <= now);
    if (due == nullptr) return;
    ASSERT_EQ(due->deadline, map_.begin()->first);
    ASSERT_EQ(forget(*due), 1U);
  }
  std::size_t forget(operation& op) {
    return std::erase_if(map_, [&](const auto& each) { return each.second == &op; });
  }

  dice random_;
  deadline_heap heap_;
  std::multimap<std::int64_t, operation*> map_;
  std::deque<test_operation> operations_ = std::deque<test_operation>(40);
};

TEST(deadline_heap, does_what_a_multimap_does) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t program = 0; program < 300 && !testing::Test::HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    heap_and_map both(seed + program);
    for (int step = 0; step < 200 && !testing::Test::HasFatalFailure(); ++step)
      both.step();
    both.empty_it();
  }
}

} // namespace
} // namespace shardbridge::detail
