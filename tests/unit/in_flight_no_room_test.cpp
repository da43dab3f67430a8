// Goal: a full SQ delays and loses nothing: not a start, not a continuation, not a cancel.
// Method: a fake kernel that says "no room" so many times.
#include "in_flight_fixture.hpp"

namespace shardbridge::detail {
namespace {

TEST_F(in_flight_test, enters_once_to_make_room) {
  test_transfer read(op_code::read, *regular, {10});
  kernel.refusals = 1;
  EXPECT_TRUE(flights.start(read.op));
  EXPECT_EQ(kernel.enters, 1);
  EXPECT_EQ(kernel.waits, 0);
  complete(10);
}

TEST_F(in_flight_test, starts_nothing_where_an_enter_makes_no_room) {
  test_transfer read(op_code::read, *regular, {10});
  kernel.refusals = 2;
  EXPECT_FALSE(flights.start(read.op));
  EXPECT_EQ(flights.size(), 0U);
  EXPECT_EQ(read.op.where, operation::place::nowhere);
  EXPECT_EQ(counters.submissions.get(), 0U);
  EXPECT_TRUE(flights.start(read.op));
  complete(10);
  EXPECT_EQ(told.all.size(), 1U);
}

TEST_F(in_flight_test, leaves_the_number_to_a_close_that_found_no_room) {
  test_operation close(op_code::close);
  close.file = &*regular;
  kernel.refusals = 2;
  EXPECT_FALSE(flights.start(close));
  EXPECT_EQ(regular->get(), fake_fd);
  EXPECT_TRUE(flights.start(close));
  complete(0);
}

TEST_F(in_flight_test, continues_when_there_is_room_again) {
  test_transfer read(op_code::read, *regular, {10});
  ASSERT_TRUE(flights.start(read.op));
  kernel.enter(driver::no_wait);
  kernel.complete(4);
  kernel.refusals = 4;
  flights.reap();
  EXPECT_EQ(flights.size(), 1U);
  EXPECT_FALSE(flights.retry(0)) << "still no room";
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(submitted().offset, 4U);
  complete(6);
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
}

TEST_F(in_flight_test, does_not_continue_what_was_interrupted_meanwhile) {
  for (const auto& [why, expected] : {std::pair{reason::user, op_result{result_kind::aborted, 0, 4}},
                                      {reason::deadline, op_result::of(errc::expired_in_flight, 4)},
                                      {reason::stop, op_result::of(errc::stopped, 4)}}) {
    test_transfer read(op_code::read, *regular, {10});
    ASSERT_TRUE(flights.start(read.op));
    kernel.enter(driver::no_wait);
    kernel.complete(4);
    kernel.refusals = 2;
    flights.reap();
    flights.interrupt(read.op, why);
    EXPECT_EQ(kernel.cancels_staged, 0) << "there is nothing to cancel";
    EXPECT_TRUE(flights.retry(0));
    EXPECT_EQ(told.all, (list{{&read.op, expected}}));
    told.all.clear();
  }
}

TEST_F(in_flight_test, closes_an_open_whose_second_step_never_began) {
  for (const reason why : {reason::user, reason::deadline}) {
    const int fd = open_null();
    test_operation open(op_code::open);
    open.file = &*regular;
    open.arguments = std::make_unique<kernel_arguments>();
    ASSERT_TRUE(flights.start(open));
    kernel.enter(driver::no_wait);
    kernel.complete(fd);
    kernel.refusals = 2;
    flights.reap();
    flights.interrupt(open, why);
    EXPECT_TRUE(is_open(fd));
    EXPECT_TRUE(flights.retry(0));
    EXPECT_FALSE(is_open(fd));
    EXPECT_EQ(told.all.size(), 1U);
    told.all.clear();
  }
}

TEST_F(in_flight_test, cancels_when_there_is_room_again) {
  test_transfer read(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  kernel.refusals = 4;
  flights.interrupt(read.op, reason::user);
  EXPECT_EQ(kernel.cancels_staged, 0);
  EXPECT_FALSE(flights.retry(0));
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(kernel.cancels_staged, 1) << "once is enough";
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&read.op, {result_kind::aborted, 0, 0}}}));
}

TEST_F(in_flight_test, does_not_cancel_what_has_ended_meanwhile) {
  test_transfer first(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(first.op));
  kernel.refusals = 2;
  flights.interrupt(first.op, reason::user);
  complete(10);
  test_transfer second(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(second.op)) << "in the same slot";
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(kernel.cancels_staged, 0);
  complete(10);
  EXPECT_EQ(told.all.size(), 2U);
}

// The CQ is sized for one cancel a submission.
TEST_F(in_flight_test, cancels_once_although_two_requests_found_no_room) {
  test_transfer read(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  kernel.refusals = 4;
  flights.interrupt(read.op, reason::user);
  flights.interrupt(read.op, reason::deadline);
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(kernel.cancels_staged, 1);
  complete(-ECANCELED);
}

TEST_F(in_flight_test, cancels_once_although_a_second_request_found_room_first) {
  test_transfer read(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  kernel.refusals = 2;
  flights.interrupt(read.op, reason::user);
  flights.interrupt(read.op, reason::deadline);
  EXPECT_TRUE(flights.retry(0));
  EXPECT_EQ(kernel.cancels_staged, 1);
  complete(-ECANCELED);
}

} // namespace
} // namespace shardbridge::detail
