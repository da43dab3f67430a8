// Goal: a write with a sync linked behind it is one operation: both SQEs go together, the sync is begun when all is
// written and is not otherwise, the result tells of each. Method: a fake kernel that answers write, sync and cancel in
// every way in which they can be answered.
#include "in_flight_fixture.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <cerrno>

namespace shardbridge::detail {
namespace {

class in_flight_synced : public in_flight_test {
 public:
  struct synced_transfer : test_transfer {
    explicit synced_transfer(descriptor& file, const std::vector<std::size_t>& lengths = {10})
        : test_transfer(op_code::write, file, lengths) {
      op.then = &then;
    }
    linked_sync then;
  };

  void answer_write(std::int32_t result) {
    kernel.enter(driver::no_wait);
    kernel.post_operation(0, result);
    flights.reap();
  }
  void answer_sync(std::int32_t result) {
    kernel.post_sync(0, result);
    flights.reap();
  }
  void answer_cancel(std::int32_t result) {
    kernel.enter(driver::no_wait);
    kernel.post_cancel(0, result);
    flights.reap();
  }
  /// What a lone sync of the file comes to now.
  op_result sync() {
    test_operation op(op_code::sync_data);
    op.file = &*regular;
    EXPECT_TRUE(flights.start(op));
    complete(0);
    EXPECT_EQ(told.all.back().op, &op);
    return told.all.back().result;
  }
  static op_result failed(int error, std::uint64_t moved = 0) { return {result_kind::system_error, error, moved}; }

  synced_transfer write{*regular};
};

TEST_F(in_flight_synced, goes_out_with_the_sync_and_ends_with_it) {
  ASSERT_TRUE(flights.start(write.op));
  EXPECT_EQ(submitted().code, op_code::write);
  EXPECT_EQ(submitted().then, op_code::sync_data);
  answer_write(10);
  EXPECT_TRUE(told.all.empty()) << "it is not durable yet";
  EXPECT_TRUE(write.then.written);
  answer_sync(0);
  EXPECT_EQ(told.all, (list{{&write.op, op_result{}}}));
  EXPECT_EQ(write.then.bytes, 10U);
}

TEST_F(in_flight_synced, has_no_linked_timeout) {
  write.op.deadline = 1;
  ASSERT_TRUE(flights.start(write.op));
  EXPECT_EQ(submitted().linked_deadline, never);
  complete(10);
}

TEST_F(in_flight_synced, tells_what_the_sync_came_to) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  answer_sync(-EIO);
  EXPECT_EQ(told.all, (list{{&write.op, failed(EIO)}}));
  EXPECT_TRUE(write.then.written);
  EXPECT_EQ(sync(), failed(EIO)) << "what the kernel lost is not forgotten";
}

TEST_F(in_flight_synced, is_not_synced_if_the_write_fails) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(-EIO);
  answer_sync(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&write.op, failed(EIO)}}));
  EXPECT_FALSE(write.then.written);
  EXPECT_EQ(sync(), op_result{}) << "no sync has failed";
}

TEST_F(in_flight_synced, a_short_write_goes_on_with_another_sync) {
  ASSERT_TRUE(flights.start(write.op));
  complete(4);
  EXPECT_EQ(submitted().length, 6U);
  EXPECT_EQ(submitted().then, op_code::sync_data);
  EXPECT_FALSE(write.then.written);
  complete(6);
  EXPECT_EQ(told.all, (list{{&write.op, op_result{}}}));
  EXPECT_EQ(write.then.bytes, 10U);
}

TEST_F(in_flight_synced, so_does_one_that_is_more_than_a_submission_takes) {
  synced_transfer huge(*regular, {max_bytes_at_once, 10});
  ASSERT_TRUE(flights.start(huge.op));
  EXPECT_EQ(submitted().then, op_code::nop) << "there is more to write";
  complete(static_cast<std::int32_t>(max_bytes_at_once));
  EXPECT_EQ(submitted().then, op_code::sync_data);
  complete(10);
  EXPECT_EQ(huge.then.bytes, max_bytes_at_once + 10);
}

TEST_F(in_flight_synced, a_pipe_is_written_to_the_end_too) {
  synced_transfer piped(*pipe);
  ASSERT_TRUE(flights.start(piped.op));
  complete(4);
  answer_write(6);
  answer_sync(-EINVAL);
  EXPECT_EQ(told.all, (list{{&piped.op, failed(EINVAL)}}));
  EXPECT_TRUE(piped.then.written);
}

TEST_F(in_flight_synced, a_write_that_gets_nowhere_is_an_error) {
  ASSERT_TRUE(flights.start(write.op));
  complete(4);
  complete(0);
  EXPECT_EQ(told.all, (list{{&write.op, failed(EIO, 4)}}));
  EXPECT_FALSE(write.then.written);
}

TEST_F(in_flight_synced, an_interrupted_sync_is_tried_again_alone) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  answer_sync(-EINTR);
  EXPECT_EQ(submitted().code, op_code::sync_data);
  EXPECT_EQ(submitted().fd, fake_fd);
  EXPECT_EQ(submitted().then, op_code::nop);
  complete(0);
  EXPECT_EQ(told.all, (list{{&write.op, op_result{}}}));
}

TEST_F(in_flight_synced, and_is_kept_as_long_as_that_finds_no_room) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  kernel.refusals = 2;
  answer_sync(-EINTR);
  EXPECT_TRUE(kernel.under_way.empty());
  EXPECT_TRUE(flights.retry(0));
  complete(0);
  EXPECT_EQ(told.all, (list{{&write.op, op_result{}}}));
}

TEST_F(in_flight_synced, a_cancel_names_what_is_under_way) {
  ASSERT_TRUE(flights.start(write.op));
  flights.interrupt(write.op, reason::user);
  EXPECT_EQ(kernel.under_way.front().cancelled, cqe_kind::operation);
  answer_cancel(0);
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&write.op, {result_kind::aborted, 0, 0}}}));
  EXPECT_FALSE(write.then.written);

  synced_transfer second(*regular);
  ASSERT_TRUE(flights.start(second.op));
  answer_write(10);
  flights.interrupt(second.op, reason::user);
  EXPECT_EQ(kernel.under_way.front().cancelled, cqe_kind::sync);
  answer_cancel(0);
  answer_sync(-ECANCELED);
  EXPECT_EQ(told.all.back(), (ended{&second.op, {result_kind::aborted, 0, 0}}));
  EXPECT_TRUE(second.then.written);
}

TEST_F(in_flight_synced, a_cancel_that_came_too_late_is_not_repeated) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  flights.interrupt(write.op, reason::user);
  answer_cancel(-EALREADY);
  EXPECT_EQ(flights.due(), never);
  answer_sync(0);
  EXPECT_EQ(told.all, (list{{&write.op, op_result{}}})) << "it is done all the same";
}

TEST_F(in_flight_synced, at_its_deadline_a_write_is_waited_for_and_a_sync_is_not) {
  ASSERT_TRUE(flights.start(write.op));
  flights.interrupt(write.op, reason::deadline);
  EXPECT_TRUE(told.all.empty()) << "the kernel reads the caller's memory";
  answer_cancel(-ENOENT);
  answer_write(10);
  EXPECT_EQ(told.all, (list{{&write.op, op_result::of(errc::expired_in_flight, 10)}}));
  EXPECT_TRUE(write.then.written);
  EXPECT_EQ(flights.unanswered(), 0U);
  EXPECT_EQ(flights.size(), 1U);
  answer_sync(-EIO);
  EXPECT_EQ(told.all.size(), 1U);
  EXPECT_EQ(sync(), failed(EIO)) << "what nobody was told is told by the next";
}

TEST_F(in_flight_synced, a_sync_is_left_at_its_deadline) {
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  flights.interrupt(write.op, reason::deadline);
  EXPECT_EQ(told.all, (list{{&write.op, op_result::of(errc::expired_in_flight, 10)}}));
  answer_cancel(-EALREADY);
  answer_sync(0);
  EXPECT_EQ(told.all.size(), 1U);
}

TEST_F(in_flight_synced, a_result_that_came_in_time_beats_the_deadline) {
  ASSERT_TRUE(flights.start(write.op));
  flights.interrupt(write.op, reason::deadline);
  kernel.enter(driver::no_wait);
  kernel.post_operation(0, -EIO);
  kernel.post_sync(0, -ECANCELED);
  kernel.post_cancel(0, -ENOENT);
  flights.reap();
  EXPECT_EQ(told.all, (list{{&write.op, failed(EIO)}}));
}

TEST_F(in_flight_synced, its_own_buffer_is_the_callers_again_when_it_is_written) {
  buffer_pool pool{{.bytes = 1 << 20}};
  write.own(pool.allocate(10));
  ASSERT_TRUE(flights.start(write.op));
  answer_write(10);
  flights.interrupt(write.op, reason::deadline);
  EXPECT_EQ(told.all, (list{{&write.op, op_result::of(errc::expired_in_flight, 10)}}));
  EXPECT_TRUE(write.buffer);
  answer_cancel(-EALREADY);
  answer_sync(0);
}

TEST_F(in_flight_synced, is_left_with_a_buffer_of_its_own_before_it_is_written) {
  buffer_pool pool{{.bytes = 1 << 20}};
  for (const std::int32_t result : {10, -EIO}) {
    synced_transfer owned(*regular);
    owned.own(pool.allocate(10));
    ASSERT_TRUE(flights.start(owned.op));
    flights.interrupt(owned.op, reason::deadline);
    answer_cancel(-EALREADY);
    EXPECT_EQ(told.all.back(), (ended{&owned.op, op_result::of(errc::expired_in_flight)}));
    EXPECT_FALSE(owned.buffer);
    complete(result);
    EXPECT_EQ(pool.stats().buffers_in_use, 0U);
  }
  EXPECT_EQ(sync(), op_result{}) << "no sync has failed";
}

TEST_F(in_flight_synced, is_given_up_by_a_stopped_shard_once_it_is_written) {
  synced_transfer second(*regular);
  ASSERT_TRUE(flights.start(write.op));
  ASSERT_TRUE(flights.start(second.op));
  answer_write(10);
  flights.give_up();
  EXPECT_EQ(told.all, (list{{&write.op, op_result::of(errc::outcome_unknown, 10)}}));
  EXPECT_EQ(flights.unanswered(), 1U) << "the other's memory is the caller's";
  answer_sync(0);
  answer_cancel(-ENOENT);
  complete(10);
  EXPECT_EQ(told.all.back(), (ended{&second.op, op_result{}}));
}

TEST_F(in_flight_synced, a_success_waits_for_other_syncs_of_the_file) {
  test_operation other(op_code::sync_all);
  other.file = &*regular;
  ASSERT_TRUE(flights.start(write.op));
  ASSERT_TRUE(flights.start(other));
  answer_write(10);
  answer_sync(0);
  EXPECT_EQ(told.holding, std::vector<operation*>{&write.op});
  complete(-EIO);
  EXPECT_EQ(told.all, (list{{&other, failed(EIO)}, {&write.op, failed(EIO)}}));
}

} // namespace
} // namespace shardbridge::detail
