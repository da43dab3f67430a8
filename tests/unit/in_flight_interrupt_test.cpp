// Goal: what is interrupted in the kernel is cancelled once, answered once, and answered early only where none of the
// caller's memory is involved; what is answered early leaves nothing behind.
// Method: a fake kernel that cancels, or does not; real descriptors where something must be closed.
#include "in_flight_fixture.hpp"

#include <bridge/clock.hpp>

#include <algorithm>

namespace shardbridge::detail {
namespace {

TEST_F(in_flight_test, cancels_once_and_answers_when_all_cqes_have_come) {
  test_transfer read(op_code::read, *pipe, {10});
  read.op.deadline = 77;
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::user);
  flights.interrupt(read.op, reason::deadline);
  kernel.enter(driver::no_wait);
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_EQ(counters.cancels.get(), 1U);
  kernel.post_cancel(0, 0);
  kernel.post_operation(0, -ECANCELED);
  flights.reap();
  EXPECT_TRUE(told.all.empty()) << "the timeout still names the slot";
  kernel.post_timeout(0, -ECANCELED);
  flights.reap();
  EXPECT_EQ(told.all, (list{{&read.op, {result_kind::aborted, 0, 0}}}));
}

// The kernel does not find a pipe's read while it tries it again, and it may go on waiting after that.
TEST_F(in_flight_test, cancels_again_after_a_while_what_the_cancel_did_not_find) {
  test_transfer read(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::user);
  EXPECT_EQ(flights.due(), never);
  for (int times = 1; times < 5; ++times) {
    EXPECT_EQ(kernel.cancels_staged, times);
    const std::int64_t before = steady_now();
    kernel.enter(driver::no_wait);
    kernel.post_cancel(0, times % 2 == 0 ? -ENOENT : -EALREADY);
    flights.reap();
    EXPECT_EQ(kernel.cancels_staged, times) << "not at once";
    ASSERT_GT(flights.due(), before);
    ASSERT_LT(flights.due(), steady_now() + 100'000'000);
    EXPECT_TRUE(flights.retry(flights.due() - 1));
    EXPECT_EQ(kernel.cancels_staged, times);
    EXPECT_TRUE(flights.retry(flights.due()));
    EXPECT_EQ(flights.due(), never);
  }
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&read.op, {result_kind::aborted, 0, 0}}}));
}

TEST_F(in_flight_test, forgets_what_the_cancel_did_not_find_if_it_ends) {
  test_transfer read(op_code::read, *pipe, {10});
  test_transfer next(op_code::read, *pipe, {10});
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::user);
  kernel.enter(driver::no_wait);
  kernel.post_cancel(0, -ENOENT);
  kernel.post_operation(0, 10);
  flights.reap();
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
  ASSERT_TRUE(flights.start(next.op));
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 1) << "another operation has the slot";
  complete(10);
}

// Nothing tells what a device works on from what waits for readiness: a file of a FUSE file system may do either.
TEST_F(in_flight_test, cancels_ever_more_seldom_what_the_cancel_never_finds) {
  test_transfer read(op_code::read, *regular, {10});
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::user);
  for (int times = 1; times < 15; ++times) {
    EXPECT_EQ(kernel.cancels_staged, times);
    kernel.enter(driver::no_wait);
    const std::int64_t before = steady_now();
    kernel.post_cancel(0, -EALREADY);
    flights.reap();
    const std::int64_t pause = 1'000'000LL << std::min(times - 1, 10);
    EXPECT_GE(flights.due(), before + pause);
    EXPECT_LE(flights.due(), steady_now() + pause);
    EXPECT_TRUE(flights.retry(flights.due()));
  }
  complete(10);
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
  EXPECT_EQ(flights.due(), never);
}

TEST_F(in_flight_test, cancels_each_again_in_its_own_time) {
  test_transfer first(op_code::read, *pipe, {10});
  test_transfer second(op_code::read, *pipe, {10});
  for (test_transfer* const each : {&first, &second}) {
    ASSERT_TRUE(flights.start(each->op));
    flights.interrupt(each->op, reason::user);
  }
  kernel.enter(driver::no_wait);
  kernel.post_cancel(0, -ENOENT);
  flights.reap();
  const std::int64_t due = flights.due();
  EXPECT_TRUE(flights.retry(due));
  EXPECT_EQ(kernel.cancels_staged, 3);
  kernel.enter(driver::no_wait);
  kernel.post_cancel(1, -ENOENT);
  kernel.post_cancel(0, -ENOENT);
  flights.reap();
  const std::int64_t next = flights.due();
  EXPECT_TRUE(flights.retry(next));
  EXPECT_EQ(kernel.cancels_staged, 4) << "the second; the first has missed twice";
  EXPECT_GT(flights.due(), next);
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 5);
  complete(-ECANCELED);
  complete(-ECANCELED);
}

TEST_F(in_flight_test, interrupts_those_that_match) {
  test_transfer first(op_code::read, *pipe, {10});
  test_transfer second(op_code::read, *regular, {10});
  ASSERT_TRUE(flights.start(first.op));
  ASSERT_TRUE(flights.start(second.op));
  flights.interrupt_if([&](const operation& op) { return op.file == &*pipe; }, reason::stop);
  EXPECT_EQ(kernel.under_way[0].cancels, 1);
  EXPECT_EQ(kernel.under_way[1].cancels, 0);
  complete(-ECANCELED);
  complete(10);
  EXPECT_EQ(told.all, (list{{&first.op, op_result::of(errc::stopped)}, {&second.op, moved(10)}}));
}

TEST_F(in_flight_test, waits_for_a_transfer_that_cannot_be_cancelled) {
  test_transfer write(op_code::write, *regular, {10});
  ASSERT_TRUE(flights.start(write.op));
  flights.interrupt(write.op, reason::deadline);
  EXPECT_TRUE(told.all.empty()) << "the kernel still reads the caller's memory";
  complete(10);
  EXPECT_EQ(told.all, (list{{&write.op, moved(10)}}));
}

TEST_F(in_flight_test, answers_at_the_deadline_what_holds_no_memory_of_the_caller) {
  for (const op_code code : {op_code::sync_all, op_code::sync_data, op_code::resize, op_code::allocate, op_code::advise,
                             op_code::size, op_code::close}) {
    test_operation op(code);
    op.file = &*regular;
    op.arguments = std::make_unique<kernel_arguments>();
    const kernel_arguments* const arguments = op.arguments.get();
    ASSERT_TRUE(flights.start(op));
    flights.interrupt(op, reason::user);
    EXPECT_TRUE(told.all.empty()) << "a user's cancel is only answered when it is known what was done";
    flights.interrupt(op, reason::deadline);
    EXPECT_EQ(told.all, (list{{&op, op_result::of(errc::expired_in_flight)}})) << code;
    EXPECT_EQ(op.arguments, nullptr) << "the kernel may still write to them";
    EXPECT_EQ(kernel.under_way[0].what.arguments, arguments);
    EXPECT_EQ(kernel.cancels_staged, code == op_code::close ? 0 : 1);
    EXPECT_FALSE(regular->only_user()) << "the kernel still has the file";
    complete(0);
    EXPECT_EQ(told.all.size(), 1U) << "answered already";
    EXPECT_TRUE(regular->only_user());
    told.all.clear();
    kernel.cancels_staged = 0;
  }
  EXPECT_EQ(counters.detached.get(), 7U);
}

TEST_F(in_flight_test, tells_the_parked_close_when_a_detached_operation_was_the_last_user) {
  test_operation sync(op_code::sync_all);
  sync.file = &*regular;
  ASSERT_TRUE(flights.start(sync));
  flights.interrupt(sync, reason::deadline);
  test_operation close(op_code::close);
  ASSERT_TRUE(regular->park(close)) << "the kernel still has the file";
  complete(0);
  EXPECT_EQ(told.announced, std::vector<operation*>{&close});
}

TEST_F(in_flight_test, answers_at_the_deadline_what_works_on_a_path) {
  for (const op_code code : {op_code::rename, op_code::unlink, op_code::make_directory, op_code::status}) {
    test_operation op(code);
    op.arguments = std::make_unique<kernel_arguments>();
    ASSERT_TRUE(flights.start(op));
    flights.interrupt(op, reason::deadline);
    EXPECT_EQ(told.all, (list{{&op, op_result::of(errc::expired_in_flight)}})) << code;
    complete(0);
    EXPECT_EQ(told.all.size(), 1U) << "answered already";
    told.all.clear();
  }
}

class in_flight_open : public in_flight_test {
 public:
  in_flight_open() {
    op.file = &*regular;
    op.arguments = std::make_unique<kernel_arguments>();
    EXPECT_TRUE(flights.start(op));
  }
  /// The first step: `fd` is open.
  void opened() { complete(fd); }

  const int fd = open_null();
  test_operation op{op_code::open};
};

TEST_F(in_flight_open, asks_in_a_second_step_what_was_opened) {
  EXPECT_EQ(submitted().step, 0);
  opened();
  EXPECT_EQ(submitted().step, 1);
  EXPECT_EQ(submitted().fd, fd);
  EXPECT_TRUE(told.all.empty());
  complete(0);
  EXPECT_EQ(told.all, (list{{&op, moved(static_cast<std::uint64_t>(fd))}}));
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST_F(in_flight_open, fails_in_its_first_step) {
  complete(-ENOENT);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::system_error, ENOENT, 0}}}));
  ::close(fd);
}

TEST_F(in_flight_open, closes_what_it_opened_if_the_second_step_fails) {
  opened();
  complete(-EIO);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::system_error, EIO, 0}}}));
  EXPECT_FALSE(is_open(fd));
}

TEST_F(in_flight_open, closes_what_it_opened_if_it_is_cancelled_in_the_second_step) {
  opened();
  flights.interrupt(op, reason::user);
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&op, {result_kind::aborted, 0, 0}}}));
  EXPECT_FALSE(is_open(fd));
}

TEST_F(in_flight_open, repeats_a_step_that_nobody_interrupted) {
  complete(-EINTR);
  EXPECT_EQ(submitted().step, 0);
  opened();
  complete(-EINTR);
  EXPECT_EQ(submitted().step, 1);
  complete(0);
  EXPECT_EQ(told.all.size(), 1U);
  ::close(fd);
}

TEST_F(in_flight_open, closes_what_comes_after_the_deadline) {
  flights.interrupt(op, reason::deadline);
  EXPECT_EQ(told.all, (list{{&op, op_result::of(errc::expired_in_flight)}}));
  opened();
  EXPECT_FALSE(is_open(fd));
  EXPECT_EQ(told.all.size(), 1U);
}

TEST_F(in_flight_open, closes_at_the_deadline_of_the_second_step) {
  opened();
  flights.interrupt(op, reason::deadline);
  EXPECT_EQ(told.all, (list{{&op, op_result::of(errc::expired_in_flight)}}));
  EXPECT_TRUE(is_open(fd)) << "the kernel still looks at it";
  complete(0);
  EXPECT_FALSE(is_open(fd));
}

TEST_F(in_flight_open, closes_nothing_if_a_late_open_fails) {
  flights.interrupt(op, reason::deadline);
  complete(-ECANCELED);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

} // namespace
} // namespace shardbridge::detail
