// Goal: operations that may wait for ever hold or are queued for no more permits than their share, and what is more of
// them is in nobody's way.
// Method: four permits, two of them reserved.
#include "admission_fixture.hpp"

namespace shardbridge::detail {
namespace {

using enum admission::acquired;
using place = operation::place;

constexpr bridge_options limits{.max_ops = 4, .max_bytes = 100, .max_waiters = 4, .reserved_ops = 2};

class admission_patient_test : public admission_fixture {
 public:
  admission_patient_test() : admission_fixture(limits) {}

  void hold_patient(std::size_t count) {
    for (std::size_t each = 0; each < count; ++each)
      ASSERT_EQ(permits.acquire(make_patient(1)), taken);
  }
  test_operation& wait_aside(std::int64_t deadline = never) { return wait(place::waiting_aside, deadline); }
  test_operation& wait_in_queue(std::int64_t deadline = never) { return wait(place::waiting, deadline); }

 private:
  test_operation& wait(place where, std::int64_t deadline) {
    test_operation& op = make_patient(1, deadline);
    EXPECT_EQ(permits.acquire(op), waiting);
    EXPECT_EQ(op.where, where);
    return op;
  }
};

TEST_F(admission_patient_test, more_than_their_share_wait_though_there_is_room) {
  EXPECT_TRUE(permits.limits_patient());
  hold_patient(2);
  wait_aside();
  EXPECT_EQ(permits.waiting(), 1U);
  EXPECT_EQ(permits.ops(), 2U);
}

TEST_F(admission_patient_test, those_aside_are_in_nobodys_way) {
  hold_patient(2);
  wait_aside();
  hold(2);
  test_operation& queued = make(1);
  EXPECT_EQ(permits.acquire(queued), waiting);
  EXPECT_EQ(released(1, 1), named{&queued}) << "an impatient one's permit is not theirs";
  EXPECT_EQ(released(1, 1), named{});
  hold(1);
}

TEST_F(admission_patient_test, those_aside_come_in_order_when_their_share_comes_back) {
  hold_patient(2);
  test_operation& first = wait_aside();
  test_operation& second = wait_aside();
  test_operation& third = wait_aside();
  EXPECT_EQ(released(1, 1, 1), named{&first});
  EXPECT_EQ(released(2, 2, 2), (named{&second, &third}));
  EXPECT_EQ(first.where, place::nowhere);
  EXPECT_EQ(permits.ops(), 2U);
}

TEST_F(admission_patient_test, nobody_overtakes_those_aside) {
  hold_patient(1);
  hold(3);
  test_operation& gone = wait_in_queue();
  test_operation& first = wait_aside();
  ASSERT_TRUE(permits.cancel(gone));
  test_operation& later = wait_aside(); // its share is there, but whose it is has not been looked at
  EXPECT_EQ(released(2, 2), named{&first});
  EXPECT_EQ(released(1, 1, 1), named{&later});
}

TEST_F(admission_patient_test, high_priority_does_not_help_beyond_the_share) {
  hold_patient(2);
  test_operation& high = make_patient(1);
  high.priority = priority::high;
  EXPECT_EQ(permits.acquire(high), waiting);
  EXPECT_EQ(high.where, place::waiting_aside);
}

TEST_F(admission_patient_test, those_queued_count_like_those_with_a_permit) {
  hold(4);
  test_operation& first = wait_in_queue();
  test_operation& second = wait_in_queue();
  test_operation& third = wait_aside();
  EXPECT_EQ(released(2, 2), (named{&first, &second}));
  EXPECT_EQ(third.where, place::waiting_aside) << "there is room, but not for it";
  EXPECT_EQ(released(1, 1, 1), named{&third});
}

// With room and share free at once, nobody is there to grant later what is not granted now.
TEST_F(admission_patient_test, those_aside_find_the_room_that_the_queue_leaves) {
  hold_patient(1);
  hold(3);
  test_operation& queued = wait_in_queue();
  test_operation& aside = wait_aside();
  EXPECT_EQ(released(4, 4, 1), (named{&queued, &aside}));
  EXPECT_EQ(permits.waiting(), 0U);
  hold(2);
}

TEST_F(admission_patient_test, those_that_come_from_aside_and_find_no_room_are_not_overtaken) {
  hold_patient(2);
  ASSERT_EQ(permits.acquire(make(70)), taken);
  test_operation& large = make_patient(80);
  ASSERT_EQ(permits.acquire(large), waiting);
  EXPECT_EQ(released(1, 1, 1), named{});
  EXPECT_EQ(large.where, place::waiting) << "it has its share, and wants its bytes";
  test_operation& small = make(1);
  EXPECT_EQ(permits.acquire(small), waiting);
  EXPECT_EQ(released(1, 70), (named{&large, &small}));
}

TEST_F(admission_patient_test, who_leaves_from_aside_had_no_share) {
  hold_patient(2);
  test_operation& cancelled_one = wait_aside();
  test_operation& late = wait_aside(10);
  test_operation& matching = wait_aside();
  EXPECT_TRUE(permits.cancel(cancelled_one));
  EXPECT_EQ(permits.earliest_deadline(), 10);
  EXPECT_EQ(expired(10), named{&late});
  operation_list out;
  permits.cancel_if([&](const operation& op) { return &op == &matching; }, out);
  EXPECT_EQ(emptied(out), named{&matching});
  EXPECT_EQ(looked_again(), named{});
  test_operation& next = wait_aside();
  EXPECT_EQ(released(1, 1, 1), named{&next});
  wait_aside();
}

TEST_F(admission_patient_test, who_leaves_from_the_queue_gives_the_share_back) {
  hold(4);
  test_operation& cancelled_one = wait_in_queue();
  test_operation& late = wait_in_queue(10);
  test_operation& third = wait_aside();
  test_operation& fourth = wait_aside();
  EXPECT_TRUE(permits.cancel(cancelled_one));
  EXPECT_EQ(looked_again(), named{});
  EXPECT_EQ(third.where, place::waiting);
  EXPECT_EQ(fourth.where, place::waiting_aside);
  EXPECT_EQ(expired(10), named{&late});
  EXPECT_EQ(looked_again(), named{});
  EXPECT_EQ(fourth.where, place::waiting);
  operation_list out;
  permits.cancel_if([&](const operation& op) { return &op == &third; }, out);
  EXPECT_EQ(emptied(out), named{&third});
  test_operation& fifth = wait_in_queue();
  EXPECT_EQ(released(4, 4), (named{&fourth, &fifth}));
}

TEST_F(admission_patient_test, all_come_out_when_the_admission_closes) {
  hold(4);
  test_operation& first = wait_in_queue();
  test_operation& second = wait_in_queue(10);
  test_operation& third = wait_aside(20);
  EXPECT_EQ(closed(), (named{&first, &second, &third}));
  EXPECT_EQ(permits.earliest_deadline(), never);
  EXPECT_EQ(permits.acquire(make_patient(1)), stopped);
  EXPECT_EQ(released(4, 4), named{});
  EXPECT_EQ(permits.ops(), 0U);
}

TEST_F(admission_patient_test, those_aside_are_of_the_waiters_that_may_be) {
  hold_patient(2);
  for (int each = 0; each < 4; ++each)
    wait_aside();
  EXPECT_EQ(permits.acquire(make_patient(1)), no_room);
  hold(2);
  EXPECT_EQ(permits.acquire(make(1)), no_room);
}

TEST_F(admission_patient_test, one_cancelled_before_does_not_wait_aside) {
  hold_patient(2);
  test_operation& op = make_patient(1);
  cancel_before(op);
  EXPECT_EQ(permits.acquire(op), cancelled);
  EXPECT_EQ(permits.waiting(), 0U);
}

TEST_F(admission_patient_test, too_large_is_too_large_for_the_patient_too) {
  EXPECT_EQ(permits.acquire(make_patient(101)), too_large);
}

TEST_F(admission_patient_test, a_deadline_is_forgotten_when_a_permit_is_taken) {
  EXPECT_EQ(permits.acquire(make_patient(1, 10)), taken);
  hold_patient(1);
  wait_aside(10);
  EXPECT_EQ(released(1, 1, 1).size(), 1U);
  EXPECT_EQ(permits.earliest_deadline(), never);
}

TEST(admission_patience, is_refused_beyond_the_share_where_nobody_waits) {
  bridge_options refusing = limits;
  refusing.when_full = when_full::refuse;
  admission permits(refusing);
  std::deque<test_operation> operations(4);
  for (test_operation& each : operations)
    each.patient = true;
  EXPECT_EQ(permits.acquire(operations[0]), taken);
  EXPECT_EQ(permits.acquire(operations[1]), taken);
  EXPECT_EQ(permits.acquire(operations[2]), no_room);
  operation_list granted;
  EXPECT_EQ(permits.release(1, 0, granted, 1), 1U);
  EXPECT_EQ(permits.acquire(operations[3]), taken);
}

// What threads have taken in advance is room.
TEST(admission_patience, finds_the_room_of_those_that_have_more_than_they_need) {
  admission permits(bridge_options{.max_ops = 1000, .max_bytes = 1000, .reserved_ops = 999});
  test_operation first;
  test_operation large;
  test_operation small;
  first.patient = large.patient = true;
  large.bytes = 975;
  small.bytes = 20;
  EXPECT_EQ(permits.acquire(first), taken);
  EXPECT_EQ(permits.acquire(large), waiting);
  EXPECT_EQ(permits.acquire(small), taken);
  operation_list granted;
  permits.release(1, 0, granted, 1);
  EXPECT_EQ(granted.pop_front(), &large);
  EXPECT_EQ(permits.bytes(), 995U);
}

TEST(admission_patience, is_like_any_other_where_nothing_is_reserved) {
  admission permits(bridge_options{.max_ops = 2});
  EXPECT_FALSE(permits.limits_patient());
  std::deque<test_operation> operations(3);
  for (test_operation& each : operations)
    each.patient = true;
  EXPECT_EQ(permits.acquire(operations[0]), taken);
  EXPECT_EQ(permits.acquire(operations[1]), taken);
  EXPECT_EQ(permits.acquire(operations[2]), waiting);
  EXPECT_EQ(operations[2].where, place::waiting);
  operation_list granted;
  EXPECT_EQ(permits.release(1, 0, granted, 1), 2U);
  EXPECT_EQ(granted.pop_front(), &operations[2]);
}

} // namespace
} // namespace shardbridge::detail
