// Goal: operations of sockets in the kernel: those that it answers again and again, zero-copy sends that end twice, and
// cancels that come too early. Method: the fake kernel.
#include "in_flight_fixture.hpp"

namespace shardbridge::detail {
namespace {

class in_flight_network : public in_flight_test {
 public:
  void start(operation& op) {
    op.file = &*socket;
    ASSERT_TRUE(flights.start(op));
    kernel.enter(driver::no_wait);
  }

  test_file socket{false, fake_fd + 2};
};

TEST_F(in_flight_network, answers_come_one_by_one_and_the_end_once) {
  test_operation op(op_code::receive_many);
  start(op);
  EXPECT_EQ(submitted().fd, fake_fd + 2);
  kernel.post_more(0, 5, 3);
  kernel.post_more(0, 7, 1);
  EXPECT_EQ(flights.reap(), 2U);
  ASSERT_EQ(told.came.size(), 2U);
  EXPECT_EQ(told.came[0].what.piece->size, 5U);
  EXPECT_EQ(told.came[0].what.piece->buffer, 3);
  EXPECT_EQ(told.came[1].what.piece->buffer, 1);
  EXPECT_TRUE(told.all.empty());
  complete(0);
  EXPECT_EQ(told.came.size(), 2U) << "the end brings nothing";
  EXPECT_EQ(told.all, (list{{&op, moved(0)}}));
}

TEST_F(in_flight_network, the_last_answer_may_bring_something) {
  test_operation op(op_code::receive_many);
  start(op);
  kernel.post_more(0, 5, 3);
  flights.reap();
  kernel.post_last(0, 4, 2);
  flights.reap();
  ASSERT_EQ(told.came.size(), 2U);
  EXPECT_EQ(told.came[1].what.piece->size, 4U);
  EXPECT_EQ(told.all, (list{{&op, moved(4)}}));
}

TEST_F(in_flight_network, connections_are_answers) {
  test_operation op(op_code::accept);
  start(op);
  kernel.post_more(0, 40);
  flights.reap();
  ASSERT_EQ(told.came.size(), 1U);
  EXPECT_EQ(told.came[0].what.descriptor, 40);
  complete(-EMFILE);
  EXPECT_EQ(told.came.size(), 1U);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::system_error, EMFILE, 0}}}));
}

TEST_F(in_flight_network, answers_that_come_behind_a_cancel_are_answers) {
  test_operation op(op_code::accept);
  start(op);
  flights.interrupt(op, reason::user);
  kernel.enter(driver::no_wait);
  kernel.post_more(0, 40);
  flights.reap();
  EXPECT_EQ(told.came.size(), 1U);
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::aborted, 0, 0}}}));
}

TEST_F(in_flight_network, a_cancel_that_finds_it_running_is_repeated) {
  test_operation op(op_code::receive_many);
  start(op);
  flights.interrupt(op, reason::user);
  kernel.enter(driver::no_wait);
  kernel.post_cancel(0, -EALREADY);
  flights.reap();
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_NE(flights.due(), never);
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 2);
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::aborted, 0, 0}}}));
}

TEST_F(in_flight_network, a_send_that_is_not_copied_ends_with_its_notification) {
  test_transfer made(op_code::send, *socket, {100});
  start(made.op);
  EXPECT_EQ(submitted().length, 100U);
  kernel.post_more(0, 100);
  flights.reap();
  EXPECT_TRUE(told.all.empty()) << "the kernel has the memory still";
  kernel.post_notification(0);
  flights.reap();
  EXPECT_EQ(told.all, (list{{&made.op, moved(100)}}));
}

TEST_F(in_flight_network, a_short_send_goes_on_whether_it_is_copied_or_not) {
  test_transfer made(op_code::send, *socket, {60, 40});
  start(made.op);
  kernel.post_more(0, 70);
  kernel.post_notification(0);
  flights.reap();
  EXPECT_TRUE(told.all.empty());
  EXPECT_EQ(submitted().length, 30U);
  complete(20);
  EXPECT_EQ(submitted().length, 10U);
  complete(10);
  EXPECT_EQ(told.all, (list{{&made.op, moved(100)}}));
}

TEST_F(in_flight_network, a_send_that_was_cut_short_says_so) {
  test_transfer made(op_code::send, *socket, {100});
  start(made.op);
  flights.interrupt(made.op, reason::deadline);
  kernel.enter(driver::no_wait);
  complete(70);
  EXPECT_EQ(told.all, (list{{&made.op, op_result::of(errc::expired_in_flight, 70)}}));
}

TEST_F(in_flight_network, a_receive_takes_what_is_there) {
  test_transfer made(op_code::receive, *socket, {60, 40});
  start(made.op);
  complete(10);
  EXPECT_EQ(told.all, (list{{&made.op, moved(10)}}));
}

TEST_F(in_flight_network, sends_are_not_submitted_early) {
  std::deque<test_transfer> all;
  for (int each = 0; each < 4; ++each)
    ASSERT_TRUE(flights.start(all.emplace_back(op_code::send, *socket, std::vector<std::size_t>{10}).op));
  EXPECT_EQ(kernel.enters, 0) << "what goes to a socket is not worth a system call of its own";
  for (int each = 0; each < 4; ++each)
    complete(10);
  EXPECT_EQ(told.all.size(), 4U);
}

TEST_F(in_flight_network, a_poll_names_its_descriptor_and_events) {
  test_operation op(op_code::poll);
  op.offset = 33;
  op.mode = 5;
  ASSERT_TRUE(flights.start(op));
  kernel.enter(driver::no_wait);
  EXPECT_EQ(submitted().fd, 33);
  EXPECT_EQ(submitted().mode, 5);
  complete(1);
  EXPECT_EQ(told.all, (list{{&op, moved(1)}}));
}

} // namespace
} // namespace shardbridge::detail
