// Goal: high goes first, and normal gets one turn in eight.
// Method: operations that go one by one, with whose turn it is before each.
#include <bridge/priority_turns.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

void go(priority_turns& turns, int count, bool other_waits = true) {
  for (int each = 0; each < count; ++each) {
    ASSERT_EQ(turns.next(), priority::high) << "after " << each;
    turns.gone(priority::high, other_waits);
  }
}

TEST(priority_turns, give_one_turn_in_eight_to_normal) {
  priority_turns turns;
  for (int round = 0; round < 3; ++round) {
    go(turns, 7);
    ASSERT_EQ(turns.next(), priority::normal);
    turns.gone(priority::normal, true);
  }
}

TEST(priority_turns, do_not_count_high_ones_that_kept_nobody_waiting) {
  priority_turns turns;
  go(turns, 100, false);
  go(turns, 7);
  EXPECT_EQ(turns.next(), priority::normal);
}

TEST(priority_turns, begin_again_when_a_normal_one_goes_before_its_turn) {
  priority_turns turns;
  go(turns, 5);
  turns.gone(priority::normal, false); // no high one waited
  go(turns, 7);
  EXPECT_EQ(turns.next(), priority::normal);
}

TEST(priority_turns, begin_again_when_nobody_waits_for_the_turn) {
  priority_turns turns;
  go(turns, 7);
  turns.gone(priority::high, false); // the normal one gave up, so a high one went
  go(turns, 7);
  EXPECT_EQ(turns.next(), priority::normal);
}

} // namespace
} // namespace shardbridge::detail
