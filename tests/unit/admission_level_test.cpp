// Goal: who waits for a level of pressure is let go by the first change that brings it.
// Method: permits taken and given back one by one, and what is news after each.
#include "admission_fixture.hpp"

namespace shardbridge::detail {
namespace {

using enum admission::acquired;
using enum pressure_level;

class admission_level_test : public admission_level_fixture {};

TEST_F(admission_level_test, a_wait_for_what_is_there_is_over_at_once) {
  for (const pressure_level each : {normal, throttled, suspended})
    EXPECT_EQ(permits.acquire(make_wait(each)), taken) << each;
  more(17);
  EXPECT_EQ(permits.acquire(make_wait(throttled)), taken);
  EXPECT_EQ(permits.acquire(make_wait(suspended)), taken);
  EXPECT_EQ(permits.acquire(make_wait(normal)), waiting);
  EXPECT_EQ(permits.ops(), 17U) << "it needs no permit";
}

TEST_F(admission_level_test, a_wait_is_over_when_the_level_is_at_or_below) {
  more(20);
  test_operation& for_normal = make_wait(normal);
  test_operation& for_throttled = make_wait(throttled);
  test_operation& another = make_wait(throttled);
  for (test_operation* each : {&for_normal, &for_throttled, &another})
    ASSERT_EQ(permits.acquire(*each), waiting);
  EXPECT_EQ(permits.waiting(), 0U) << "not for a permit";
  EXPECT_EQ(calmed(), named{});
  less(3);
  EXPECT_EQ(calmed(), named{}) << "17 are suspended still";
  less(1);
  EXPECT_EQ(calmed(), (named{&for_throttled, &another}));
  EXPECT_EQ(for_throttled.where, operation::place::nowhere);
  EXPECT_EQ(calmed(), named{}) << "once";
  less(1);
  EXPECT_EQ(calmed(), named{});
  less(1);
  EXPECT_EQ(calmed(), named{&for_normal});
}

TEST_F(admission_level_test, one_change_over_two_levels_ends_all_waits) {
  more(20);
  test_operation& for_throttled = make_wait(throttled);
  test_operation& for_normal = make_wait(normal);
  ASSERT_EQ(permits.acquire(for_throttled), waiting);
  ASSERT_EQ(permits.acquire(for_normal), waiting);
  less(20);
  EXPECT_EQ(calmed(), (named{&for_throttled, &for_normal}));
}

TEST_F(admission_level_test, a_wait_sees_the_first_change_even_if_the_level_rises_again) {
  more(20);
  test_operation& wait = make_wait(throttled);
  ASSERT_EQ(permits.acquire(wait), waiting);
  less(4);
  more(4);
  ASSERT_EQ(permits.level(), suspended);
  test_operation& later = make_wait(throttled);
  ASSERT_EQ(permits.acquire(later), waiting);
  EXPECT_EQ(calmed(), named{&wait});
  less(20);
  EXPECT_EQ(calmed(), named{&later});
}

TEST_F(admission_level_test, a_wait_is_not_let_go_by_a_rise) {
  more(17);
  test_operation& wait = make_wait(normal);
  ASSERT_EQ(permits.acquire(wait), waiting);
  more(2);
  ASSERT_EQ(permits.level(), suspended);
  EXPECT_TRUE(permits.has_news());
  EXPECT_EQ(calmed(), named{});
}

TEST_F(admission_level_test, a_wait_can_be_cancelled_until_it_is_over) {
  more(17);
  test_operation& cancelled_in_time = make_wait(normal);
  test_operation& cancelled_late = make_wait(normal, 10);
  ASSERT_EQ(permits.acquire(cancelled_in_time), waiting);
  ASSERT_EQ(permits.acquire(cancelled_late), waiting);
  EXPECT_TRUE(permits.cancel(cancelled_in_time));
  EXPECT_FALSE(permits.cancel(cancelled_in_time));
  less(17);
  EXPECT_FALSE(permits.cancel(cancelled_late)) << "it is over, though nobody has fetched it";
  EXPECT_EQ(permits.earliest_deadline(), never);
  EXPECT_EQ(calmed(), named{&cancelled_late});
}

TEST_F(admission_level_test, a_wait_that_was_cancelled_before_does_not_begin) {
  more(17);
  test_operation& wait = make_wait(normal);
  cancel_before(wait);
  EXPECT_EQ(permits.acquire(wait), cancelled);
  less(17);
  EXPECT_EQ(calmed(), named{});
}

TEST_F(admission_level_test, a_wait_expires) {
  more(17);
  test_operation& late = make_wait(normal, 10);
  test_operation& in_time = make_wait(normal, 20);
  ASSERT_EQ(permits.acquire(late), waiting);
  ASSERT_EQ(permits.acquire(in_time), waiting);
  EXPECT_EQ(permits.earliest_deadline(), 10);
  EXPECT_EQ(expired(10), named{&late});
  less(17);
  EXPECT_EQ(permits.earliest_deadline(), never) << "it waits no more";
  EXPECT_EQ(expired(20), named{});
  EXPECT_EQ(calmed(), named{&in_time});
}

TEST_F(admission_level_test, a_wait_ends_when_the_admission_closes) {
  more(17);
  test_operation& wait = make_wait(normal);
  ASSERT_EQ(permits.acquire(wait), waiting);
  EXPECT_EQ(closed(), named{&wait});
  EXPECT_EQ(permits.acquire(make_wait(normal)), stopped);
  EXPECT_EQ(permits.acquire(make_wait(suspended)), stopped) << "though that is the level";
  less(17);
  EXPECT_EQ(calmed(), named{});
}

TEST_F(admission_level_test, what_is_over_already_comes_out_though_the_admission_closes) {
  more(17);
  test_operation& wait = make_wait(normal);
  ASSERT_EQ(permits.acquire(wait), waiting);
  less(17);
  EXPECT_EQ(closed(), named{});
  EXPECT_EQ(calmed(), named{&wait});
}

TEST_F(admission_level_test, waits_can_be_taken_out_by_what_they_are) {
  more(17);
  test_operation& first = make_wait(normal);
  test_operation& second = make_wait(normal);
  ASSERT_EQ(permits.acquire(first), waiting);
  ASSERT_EQ(permits.acquire(second), waiting);
  operation_list out;
  permits.cancel_if([&](const operation& op) { return &op == &first; }, out);
  EXPECT_EQ(emptied(out), named{&first});
  less(17);
  EXPECT_EQ(calmed(), named{&second});
}

} // namespace
} // namespace shardbridge::detail
