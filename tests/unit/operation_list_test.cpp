// Goal: the intrusive list keeps its order and its links whoever leaves.
// Method: the four positions by hand, then random programs against std::list with a printed seed.
#include "seed.hpp"
#include "test_operation.hpp"

#include <bridge/operation_list.hpp>

#include <algorithm>
#include <deque>
#include <list>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using named = std::vector<operation*>;

/// Read forwards; backwards it must be the same.
named contents(const operation_list& list) {
  named forwards;
  operation* last = nullptr;
  for (operation* op = list.front(); op != nullptr; last = op, op = op->next)
    forwards.push_back(op);
  named backwards;
  for (operation* op = last; op != nullptr; op = op->previous)
    backwards.insert(backwards.begin(), op);
  EXPECT_EQ(forwards, backwards);
  EXPECT_EQ(list.size(), forwards.size());
  EXPECT_EQ(list.empty(), forwards.empty());
  return forwards;
}

class operation_list_test : public testing::Test {
 public:
  void SetUp() override {
    list.push_back(b);
    list.push_back(c);
    list.push_front(a);
  }
  test_operation a, b, c;
  operation_list list;
};

TEST_F(operation_list_test, keeps_both_ends) {
  EXPECT_EQ(contents(list), (named{&a, &b, &c}));
  EXPECT_EQ(list.front(), &a);
}

TEST_F(operation_list_test, loses_the_first) {
  list.erase(a);
  EXPECT_EQ(contents(list), (named{&b, &c}));
}

TEST_F(operation_list_test, loses_the_middle) {
  list.erase(b);
  EXPECT_EQ(contents(list), (named{&a, &c}));
  EXPECT_EQ(b.next, nullptr);
  EXPECT_EQ(b.previous, nullptr);
}

TEST_F(operation_list_test, loses_the_last) {
  list.erase(c);
  EXPECT_EQ(contents(list), (named{&a, &b}));
  list.push_back(c);
  EXPECT_EQ(contents(list), (named{&a, &b, &c}));
}

TEST_F(operation_list_test, is_used_up_from_the_front) {
  EXPECT_EQ(list.pop_front(), &a);
  EXPECT_EQ(list.pop_front(), &b);
  EXPECT_EQ(list.pop_front(), &c);
  EXPECT_EQ(list.pop_front(), nullptr);
  EXPECT_EQ(contents(list), named{});
  list.push_front(b);
  list.push_back(a);
  EXPECT_EQ(contents(list), (named{&b, &a}));
}

TEST(operation_list, does_what_a_list_does) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  std::deque<test_operation> operations(10);
  operation_list list;
  std::list<operation*> expected;
  for (int step = 0; step < 3000 && !testing::Test::HasFailure(); ++step) {
    test_operation& op = operations[random.roll(operations.size())];
    const bool in = std::find(expected.begin(), expected.end(), &op) != expected.end();
    if (in && random.one_in(2)) {
      list.erase(op);
      expected.remove(&op);
    } else if (in) {
      ASSERT_EQ(list.pop_front(), expected.front());
      expected.pop_front();
    } else if (random.one_in(2)) {
      list.push_back(op);
      expected.push_back(&op);
    } else {
      list.push_front(op);
      expected.push_front(&op);
    }
    ASSERT_EQ(contents(list), named(expected.begin(), expected.end()));
  }
}

} // namespace
} // namespace shardbridge::detail
