// Goal: the shard's own operations and those of bridges go in turn, one of each, however many bridges and operations
// there are; calls wait apart from what waits for a slot. Method: as in backlog_test.cpp.
#include "backlog_fixture.hpp"

namespace shardbridge::detail {
namespace {

using named = backlog_test::named;

class backlog_own : public backlog_test {
 public:
  named push_own(std::size_t count, priority which = priority::normal) {
    named out;
    while (out.size() < count) {
      out.push_back(&operations.emplace_back());
      out.back()->priority = which;
      waiting.push(*out.back());
    }
    return out;
  }
};

TEST_F(backlog_own, go_in_turn_with_those_of_bridges) {
  const named of_a = push(3, a);
  const named of_b = push(1, b);
  const named own = push_own(3);
  EXPECT_EQ(pop_all(), (named{of_a[0], own[0], of_b[0], own[1], of_a[1], own[2], of_a[2]}));
}

TEST_F(backlog_own, are_half_of_what_goes_beside_many_bridges) {
  for (const auto& each : {a, b, c})
    push(100, each);
  push_own(100);
  const named first = pop(100);
  EXPECT_EQ(std::ranges::count_if(first, [](const operation* op) { return op->joined == nullptr; }), 50);
}

TEST_F(backlog_own, go_first_behind_one_of_a_bridge) {
  push(5, a);
  pop(3);
  const named own = push_own(2);
  EXPECT_EQ(pop(1), named{own[0]});
}

TEST_F(backlog_own, keep_to_their_priority) {
  const named high = push(2, a, priority::high);
  const named own = push_own(1);
  const named own_high = push_own(1, priority::high);
  EXPECT_EQ(pop_all(), (named{high[0], own_high[0], high[1], own[0]}));
}

TEST_F(backlog_own, do_not_lose_their_turn_to_what_was_put_back) {
  const named of_a = push(2, a);
  const named own = push_own(2);
  named order;
  while (operation* const first = waiting.pop(true)) {
    waiting.put_back(*first);
    order.push_back(waiting.pop(true));
    EXPECT_EQ(order.back(), first);
  }
  EXPECT_EQ(order, (named{of_a[0], own[0], of_a[1], own[1]}));
}

TEST_F(backlog_own, are_taken_out_with_the_rest) {
  const named of_a = push(2, a);
  const named own = push_own(2);
  operation_list out;
  waiting.take_if([](const operation&) { return true; }, out);
  EXPECT_EQ(out.size(), 4U);
  EXPECT_TRUE(waiting.empty());
  while (out.pop_front() != nullptr) {
  }
}

TEST_F(backlog_own, calls_are_no_part_of_another_backlog) {
  backlog calls;
  test_operation call(op_code::call);
  call.joined = &*a;
  calls.push(call);
  const named of_a = push(1, a);
  EXPECT_EQ(pop_all(), of_a);
  EXPECT_EQ(calls.pop(true), &call);
  EXPECT_TRUE(calls.empty());
}

} // namespace
} // namespace shardbridge::detail
