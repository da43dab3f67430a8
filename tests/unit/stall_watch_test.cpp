// Goal: a turn that takes longer than the bound, but for sleep, is a stall, put down to what took at least half of it.
// Method: turns of given lengths.
#include <shard_side/stall_watch.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum stall_watch::verdict;

TEST(stall_watch, lets_turns_up_to_the_bound_pass) {
  stall_watch watch(10, 100);
  EXPECT_EQ(watch.turn_over(110), none);
  EXPECT_EQ(watch.turn_over(121), elsewhere);
  EXPECT_EQ(watch.longest(), 11);
}

TEST(stall_watch, does_not_count_sleep) {
  stall_watch watch(10, 0);
  watch.slept(990);
  EXPECT_EQ(watch.turn_over(1000), none);
  EXPECT_EQ(watch.longest(), 10);
}

TEST(stall_watch, names_what_took_at_least_half) {
  stall_watch watch(10, 0);
  watch.call_took(10);
  EXPECT_EQ(watch.turn_over(20), in_calls);
  watch.kernel_took(4);
  watch.kernel_took(6);
  EXPECT_EQ(watch.turn_over(40), in_kernel);
  watch.call_took(6);
  watch.kernel_took(6);
  EXPECT_EQ(watch.turn_over(60), elsewhere);
}

TEST(stall_watch, begins_each_turn_anew) {
  stall_watch watch(10, 0);
  watch.call_took(20);
  watch.slept(5);
  EXPECT_EQ(watch.turn_over(25), in_calls);
  EXPECT_EQ(watch.turn_over(45), elsewhere);
}

} // namespace
} // namespace shardbridge::detail
