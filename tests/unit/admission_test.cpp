// Goal: each way into the admission and each way out of it.
// Method: a few operations against small limits. Levels, patience, priorities and permits without an operation have
// files of their own.
#include "admission_fixture.hpp"

namespace shardbridge::detail {
namespace {

using enum admission::acquired;

class admission_test : public admission_fixture {
 public:
  admission_test() : admission_fixture({.max_ops = 3, .max_bytes = 100, .max_waiters = 3}) {}
};

TEST_F(admission_test, refuses_for_ever_only_what_is_too_large) {
  EXPECT_EQ(permits.acquire(make(101)), too_large);
  EXPECT_EQ(permits.acquire(make(100)), taken);
  EXPECT_EQ(permits.ops(), 1U);
  EXPECT_EQ(permits.bytes(), 100U);
}

TEST_F(admission_test, grants_first_come_first_served_without_overtaking) {
  ASSERT_EQ(permits.acquire(make(90)), taken);
  test_operation& large = make(80);
  test_operation& small = make(1);
  EXPECT_EQ(permits.acquire(large), waiting);
  EXPECT_EQ(permits.acquire(small), waiting) << "its room is there, but another came first";
  EXPECT_EQ(large.where, operation::place::waiting);
  EXPECT_EQ(permits.waiting(), 2U);
  EXPECT_EQ(released(1, 90), (named{&large, &small}));
  EXPECT_EQ(large.where, operation::place::nowhere);
  EXPECT_EQ(permits.bytes(), 81U) << "granted with the permit taken";
  EXPECT_EQ(permits.acquire(make(1)), taken);
}

TEST_F(admission_test, grants_no_more_than_there_is_room_for) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  test_operation& first = make(60);
  test_operation& second = make(60);
  ASSERT_EQ(permits.acquire(first), waiting);
  ASSERT_EQ(permits.acquire(second), waiting);
  EXPECT_EQ(released(1, 100), named{&first});
  EXPECT_EQ(permits.waiting(), 1U);
  EXPECT_EQ(released(1, 60), named{&second});
  EXPECT_EQ(released(1, 60), named{});
  EXPECT_EQ(permits.ops(), 0U);
}

TEST_F(admission_test, release_tells_how_many_are_left) {
  operation_list granted;
  ASSERT_EQ(permits.acquire(make(1)), taken);
  ASSERT_EQ(permits.acquire(make(100)), waiting);
  ASSERT_EQ(permits.acquire(make(0)), waiting);
  EXPECT_EQ(permits.release(1, 1, granted), 2U) << "given back, and granted to two";
}

TEST_F(admission_test, has_a_bounded_queue_of_waiters) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  for (int each = 0; each < 3; ++each)
    EXPECT_EQ(permits.acquire(make(1)), waiting);
  EXPECT_EQ(permits.acquire(make(1)), no_room);
}

TEST_F(admission_test, refuses_instead_of_queueing) {
  admission refusing(bridge_options{.max_ops = 1, .when_full = when_full::refuse});
  EXPECT_EQ(refusing.acquire(make(1)), taken);
  EXPECT_EQ(refusing.acquire(make(1)), no_room);
  EXPECT_EQ(refusing.waiting(), 0U);
}

TEST_F(admission_test, refuses_only_who_finds_no_room_where_the_level_changes) {
  admission refusing(bridge_options{.max_ops = 20, .when_full = when_full::refuse});
  for (int each = 0; each < 20; ++each)
    ASSERT_EQ(refusing.acquire(make(1)), taken) << each;
  EXPECT_EQ(refusing.level(), pressure_level::suspended);
  EXPECT_EQ(refusing.acquire(make(1)), no_room);
}

TEST_F(admission_test, expires_waiters_by_their_deadlines) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  EXPECT_EQ(permits.earliest_deadline(), never);
  test_operation& late = make(1, 30);
  test_operation& first = make(1, 10);
  test_operation& patient = make(1);
  ASSERT_EQ(permits.acquire(late), waiting);
  ASSERT_EQ(permits.acquire(first), waiting);
  ASSERT_EQ(permits.acquire(patient), waiting);
  EXPECT_EQ(permits.earliest_deadline(), 10);
  operation_list expired;
  EXPECT_EQ(permits.expire(9, expired), 10);
  EXPECT_TRUE(expired.empty());
  EXPECT_EQ(permits.expire(10, expired), 30);
  EXPECT_EQ(emptied(expired), named{&first});
  EXPECT_EQ(permits.expire(100, expired), never);
  EXPECT_EQ(emptied(expired), named{&late});
  EXPECT_EQ(permits.waiting(), 1U);
  EXPECT_EQ(released(1, 100), named{&patient});
}

TEST_F(admission_test, forgets_the_deadline_of_whoever_is_taken_at_once) {
  EXPECT_EQ(permits.acquire(make(1, 10)), taken);
  EXPECT_EQ(permits.earliest_deadline(), never);
}

TEST_F(admission_test, cancels_only_who_waits) {
  test_operation& inside = make(100);
  test_operation& queued = make(1, 10);
  ASSERT_EQ(permits.acquire(inside), taken);
  ASSERT_EQ(permits.acquire(queued), waiting);
  EXPECT_FALSE(permits.cancel(inside));
  EXPECT_TRUE(permits.cancel(queued));
  EXPECT_FALSE(permits.cancel(queued));
  EXPECT_EQ(permits.earliest_deadline(), never);
  EXPECT_EQ(released(1, 100), named{});
  EXPECT_EQ(permits.acquire(make(100)), taken) << "nobody waits any more";
}

TEST_F(admission_test, does_not_queue_who_was_cancelled_before) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  test_operation& cancelled_before = make(1);
  cancelled_before.cancellable = true;
  ASSERT_EQ(cancelled_before.cancel.request(cancel_kind::any), cancel_word::requested::remembered);
  EXPECT_EQ(permits.acquire(cancelled_before), cancelled);
  EXPECT_EQ(permits.waiting(), 0U);
}

TEST_F(admission_test, takes_out_those_that_match) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  test_operation& first = make(1);
  test_operation& second = make(2);
  test_operation& third = make(3);
  for (test_operation* each : {&first, &second, &third})
    ASSERT_EQ(permits.acquire(*each), waiting);
  operation_list out;
  permits.cancel_if([](const operation& op) { return op.bytes != 2; }, out);
  EXPECT_EQ(emptied(out), (named{&first, &third}));
  EXPECT_EQ(released(1, 100), named{&second});
}

// Room that the first waiter was too large for is there for the next one when the first gives up.
TEST_F(admission_test, has_room_for_the_next_when_the_first_gives_up) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make(80);
  test_operation& small = make(30);
  ASSERT_EQ(permits.acquire(large), waiting);
  ASSERT_EQ(permits.acquire(small), waiting);
  ASSERT_TRUE(permits.cancel(large));
  EXPECT_EQ(released(0, 0), named{&small});
}

TEST_F(admission_test, closes_for_good) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  test_operation& queued = make(1, 10);
  ASSERT_EQ(permits.acquire(queued), waiting);
  operation_list out;
  permits.close(out);
  EXPECT_EQ(emptied(out), named{&queued});
  EXPECT_EQ(permits.acquire(make(1)), stopped);
  EXPECT_EQ(released(1, 100), named{});
  EXPECT_EQ(permits.acquire(make(1)), stopped);
  EXPECT_EQ(permits.ops(), 0U);
}

} // namespace
} // namespace shardbridge::detail
