// Goal: reads and writes on regular files are continued until all is moved, from the right buffer and offset; on pipes
// they are not; what one submission cannot take is split.
// Method: a fake kernel completes with counts that end within, at the end of and before buffers.
#include "in_flight_fixture.hpp"

namespace shardbridge::detail {
namespace {

void expect_iovecs(const submission& what, const std::vector<iovec>& expected) {
  ASSERT_EQ(what.iovec_count, expected.size());
  for (std::size_t each = 0; each < expected.size(); ++each) {
    EXPECT_EQ(what.iovecs[each].iov_base, expected[each].iov_base) << each;
    EXPECT_EQ(what.iovecs[each].iov_len, expected[each].iov_len) << each;
  }
}

TEST_F(in_flight_test, submits_what_is_asked_for) {
  test_transfer read(op_code::read, *regular, {10, 20}, 4096);
  read.op.deadline = 77;
  ASSERT_TRUE(flights.start(read.op));
  EXPECT_EQ(submitted().code, op_code::read);
  EXPECT_EQ(submitted().fd, fake_fd);
  EXPECT_EQ(submitted().offset, 4096U);
  EXPECT_EQ(submitted().linked_deadline, 77);
  expect_iovecs(submitted(), {{test_transfer::address(0), 10}, {test_transfer::address(10), 20}});
  EXPECT_EQ(read.op.where, operation::place::slot);
  EXPECT_EQ(counters.in_flight.get(), 1U);
  complete(30);
  EXPECT_EQ(told.all, (list{{&read.op, moved(30)}}));
  EXPECT_EQ(counters.in_flight.get(), 0U);
  EXPECT_EQ(counters.submissions.get(), 1U);
}

TEST_F(in_flight_test, continues_a_short_transfer_across_buffers) {
  for (const op_code code : {op_code::read, op_code::write}) {
    test_transfer transfer(code, *regular, {10, 20, 30}, 100);
    ASSERT_TRUE(flights.start(transfer.op));
    complete(15); // within the second
    expect_iovecs(submitted(), {{test_transfer::address(15), 15}, {test_transfer::address(30), 30}});
    EXPECT_EQ(submitted().offset, 115U);
    complete(15); // at its end
    expect_iovecs(submitted(), {{test_transfer::address(30), 30}});
    EXPECT_EQ(submitted().offset, 130U);
    complete(1); // within the third
    expect_iovecs(submitted(), {{test_transfer::address(31), 29}});
    EXPECT_TRUE(told.all.empty());
    complete(29);
    EXPECT_EQ(told.all, (list{{&transfer.op, moved(60)}}));
    told.all.clear();
  }
}

TEST_F(in_flight_test, ends_a_short_read_at_the_end_of_the_file) {
  test_transfer first(op_code::read, *regular, {10, 20});
  ASSERT_TRUE(flights.start(first.op));
  complete(12);
  complete(0);
  test_transfer second(op_code::read, *regular, {10}, 12);
  ASSERT_TRUE(flights.start(second.op));
  complete(0);
  EXPECT_EQ(told.all, (list{{&first.op, moved(12)}, {&second.op, {result_kind::end_of_file, 0, 0}}}));
}

TEST_F(in_flight_test, reports_what_was_moved_before_an_error) {
  test_transfer write(op_code::write, *regular, {100});
  ASSERT_TRUE(flights.start(write.op));
  complete(40);
  complete(-ENOSPC);
  EXPECT_EQ(told.all, (list{{&write.op, {result_kind::system_error, ENOSPC, 40}}}));
}

TEST_F(in_flight_test, does_not_continue_on_a_pipe) {
  test_transfer read(op_code::read, *pipe, {10, 20});
  ASSERT_TRUE(flights.start(read.op));
  complete(3);
  EXPECT_EQ(told.all, (list{{&read.op, moved(3)}}));
}

TEST_F(in_flight_test, ends_a_direct_read_whose_count_is_not_aligned) {
  regular->offset_alignment = 512;
  test_transfer read(op_code::read, *regular, {4096});
  ASSERT_TRUE(flights.start(read.op));
  complete(1024);
  EXPECT_EQ(submitted().offset, 1024U);
  complete(700);
  EXPECT_EQ(told.all, (list{{&read.op, moved(1724)}}));
}

TEST_F(in_flight_test, begins_again_what_nobody_interrupted) {
  test_transfer read(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  complete(-EINTR);
  EXPECT_TRUE(told.all.empty());
  expect_iovecs(submitted(), {{test_transfer::address(0), 10}});
  complete(10);
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
}

TEST_F(in_flight_test, splits_more_buffers_than_one_submission_takes) {
  test_transfer write(op_code::write, *regular, std::vector<std::size_t>(max_iovecs_at_once + 6, 2));
  ASSERT_TRUE(flights.start(write.op));
  EXPECT_EQ(submitted().iovec_count, max_iovecs_at_once);
  complete(2 * static_cast<std::int32_t>(max_iovecs_at_once));
  EXPECT_EQ(submitted().iovec_count, 6U);
  EXPECT_EQ(submitted().offset, 2 * max_iovecs_at_once);
  complete(12);
  EXPECT_EQ(told.all, (list{{&write.op, moved(2 * max_iovecs_at_once + 12)}}));
}

TEST_F(in_flight_test, splits_more_bytes_than_one_submission_moves) {
  const std::uint64_t most = max_bytes_at_once;
  test_transfer read(op_code::read, *regular, {most + 5, 10});
  ASSERT_TRUE(flights.start(read.op));
  complete(static_cast<std::int32_t>(most));
  expect_iovecs(submitted(), {{test_transfer::address(most), 5}, {test_transfer::address(most + 5), 10}});
  EXPECT_EQ(submitted().offset, most);
  complete(15);
  EXPECT_EQ(told.all, (list{{&read.op, moved(most + 15)}}));
}

TEST_F(in_flight_test, links_a_timeout_only_where_it_may_cancel) {
  in_flight by_timer(kernel, 4, false, counters, told);
  test_transfer read(op_code::read, *regular, {10});
  read.op.deadline = 77;
  ASSERT_TRUE(by_timer.start(read.op));
  EXPECT_EQ(submitted().linked_deadline, never) << "timers alone";
  kernel.enter(driver::no_wait);
  kernel.complete(10);
  by_timer.reap();

  test_operation close(op_code::close);
  close.file = &*regular;
  close.deadline = 77;
  ASSERT_TRUE(flights.start(close));
  EXPECT_EQ(submitted().linked_deadline, never) << "a close is never cancelled";
  EXPECT_EQ(submitted().fd, fake_fd);
  EXPECT_EQ(regular->get(), -1) << "the number is the kernel's to close";
  complete(0);
  EXPECT_EQ(told.all.size(), 2U);
}

TEST_F(in_flight_test, ignores_what_is_not_about_an_operation_in_a_slot) {
  test_transfer read(op_code::read, *regular, {10});
  ASSERT_TRUE(flights.start(read.op));
  const token first = kernel.under_way[0].which;
  kernel.post_raw({{0, 0, cqe_kind::wake}, 1});
  kernel.post_raw({{first.generation() - 1, first.index(), cqe_kind::operation}, 10});
  kernel.post_raw({{1, 999, cqe_kind::operation}, 10});
  flights.reap();
  EXPECT_TRUE(told.all.empty());
  complete(10);
  kernel.post_raw({first, 10});
  flights.reap();
  EXPECT_EQ(told.all.size(), 1U);
}

TEST_F(in_flight_test, starts_no_more_than_it_has_slots) {
  std::deque<test_transfer> reads;
  for (int each = 0; each < 5; ++each)
    reads.emplace_back(op_code::read, *regular, std::vector<std::size_t>{10});
  for (std::size_t each = 0; each < 4; ++each)
    EXPECT_TRUE(flights.start(reads[each].op));
  EXPECT_FALSE(flights.start(reads[4].op));
  EXPECT_EQ(reads[4].op.where, operation::place::nowhere);
  complete(10);
  EXPECT_TRUE(flights.start(reads[4].op));
  while (!kernel.under_way.empty())
    complete(10);
  EXPECT_EQ(told.all.size(), 5U);
}

} // namespace
} // namespace shardbridge::detail
