// Goal: requests come back as replies, in order where order is promised, and the loop waits exactly when it may.
// Method: single turns, with publishes, new connections and requests slipped in at the worst moments by the fake
// kernel.
#include "shard_loop_fixture.hpp"

#include <deque>

#include <sys/mman.h>

namespace shardbridge::detail {
namespace {

TEST_F(shard_loop_test, waits_for_ever_when_there_is_nothing) {
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(kernel.waits, 1);
  EXPECT_EQ(kernel.waited_until, never);
  EXPECT_EQ(counters.sleeps.get(), 1U);
}

TEST_F(shard_loop_test, answers_a_read) {
  test_transfer read(op_code::read, *regular, {10});
  push(read.op);
  turn();
  EXPECT_EQ(read.op.where, place::slot);
  EXPECT_EQ(replies(), named{});
  complete(10);
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, moved(10));
  EXPECT_EQ(counters.requests.get(), 1U);
  EXPECT_EQ(counters.replies.get(), 1U);
}

TEST_F(shard_loop_test, answers_a_completion_in_the_turn_that_takes_it) {
  test_transfer read(op_code::read, *regular, {10});
  push(read.op);
  turn();
  kernel.complete(10);
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_test, is_owed_no_wake_while_it_is_awake) {
  ASSERT_TRUE(loop.turn());
  ASSERT_EQ(kernel.waits, 1) << "it slept, and a completion or its timer ended that";
  EXPECT_TRUE(port.wake().publish());
  EXPECT_EQ(port.wake().wakes_sent(), 0U);
}

TEST_F(shard_loop_test, wakes_a_sleeping_bridge_once_for_a_batch) {
  wake_side& bridge = *joined->wakes.producer_wake;
  ASSERT_EQ(bridge.word().try_arm(bridge.word().observe()), wake_word::armed::asleep);
  std::deque<test_call> calls;
  for (int each = 0; each < 10; ++each)
    push(calls.emplace_back([](shard&) {}).op);
  turn();
  EXPECT_EQ(replies().size(), 10U);
  EXPECT_EQ(bridge.wakes_sent(), 1U);
}

TEST_F(shard_loop_test, runs_calls_on_its_thread_in_order) {
  std::vector<std::size_t> ran;
  std::deque<test_call> calls;
  named pushed;
  for (std::size_t each = 0; each < 300; ++each) {
    pushed.push_back(&calls.emplace_back([&ran, each](shard&) { ran.push_back(each); }).op);
    push(*pushed.back());
  }
  turn();
  EXPECT_EQ(replies(), pushed) << "more than a batch, a turn's budget and a reply batch";
  ASSERT_EQ(ran.size(), 300U);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST_F(shard_loop_test, goes_to_the_kernel_between_many_requests) {
  std::deque<test_call> calls;
  for (int each = 0; each < 300; ++each)
    push(calls.emplace_back([](shard&) {}).op);
  ASSERT_TRUE(loop.turn());
  EXPECT_LT(replies().size(), 300U) << "the rest at the next turn";
  EXPECT_EQ(kernel.enters, 1);
  EXPECT_EQ(kernel.waits, 0);
  turn();
  EXPECT_FALSE(replies().empty());
}

TEST_F(shard_loop_test, keeps_what_finds_no_slot_in_order) {
  std::deque<test_transfer> reads;
  for (int each = 0; each < 5; ++each)
    push(reads.emplace_back(op_code::read, *regular, std::vector<std::size_t>{10}).op);
  turn();
  EXPECT_EQ(kernel.under_way.size(), 2U);
  EXPECT_EQ(reads[2].op.where, place::backlog);
  for (test_transfer& each : reads) {
    complete(10);
    EXPECT_EQ(replies(), named{&each.op});
  }
}

TEST_F(shard_loop_test, does_not_wait_after_a_publish_that_came_behind_its_last_look) {
  std::deque<test_transfer> reads;
  for (int each = 0; each < 3; ++each)
    push(reads.emplace_back(op_code::read, *regular, std::vector<std::size_t>{10}).op);
  turn();
  kernel.complete(10);
  ASSERT_TRUE(loop.turn()) << "takes the completion; the slot is free for the third";
  test_transfer late(op_code::read, *regular, {10});
  kernel.on_stage = [&] {
    kernel.on_stage = nullptr;
    push(late.op);
  };
  kernel.waits = 0;
  ASSERT_TRUE(loop.turn()) << "stages the third after the last look at the lanes";
  EXPECT_EQ(kernel.waits, 0);
  for (int each = 0; each < 3; ++each)
    complete(10);
  EXPECT_EQ(replies().size(), 4U);
}

TEST_F(shard_loop_test, serves_a_connection_from_its_first_request) {
  const auto second = join(port);
  connections.push_back(second);
  test_call call([](shard&) {});
  push_to(*second, call.op);
  turn();
  EXPECT_EQ(replies_of(*second), named{&call.op});
  port.detach(*second);
  turn();
  EXPECT_EQ(second.use_count(), 2) << "the loop has forgotten it";
}

// A bridge that attaches and sends while a turn is under way: its publish is seen, so its lane must be looked at.
TEST_F(shard_loop_test, serves_a_connection_that_attaches_during_a_turn) {
  test_call from_new([](shard&) {});
  test_call first([&](shard&) {
    connections.push_back(join(port));
    push_to(*connections.back(), from_new.op);
  });
  push(first.op);
  ASSERT_TRUE(loop.turn());
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(replies_of(*connections.back()), named{&from_new.op});
}

TEST_F(shard_loop_test, resizes_itself_where_the_kernel_cannot) {
  kernel.has_ftruncate = false;
  const int fd = ::memfd_create("resized", MFD_CLOEXEC);
  ASSERT_GE(fd, 0);
  test_file file(true, fd);
  test_operation resize(op_code::resize);
  resize.file = &*file;
  resize.offset = 12345;
  test_operation bad(op_code::resize);
  bad.file = &*regular;
  push_all({&resize, &bad});
  turn();
  EXPECT_EQ(kernel.staged, 0);
  EXPECT_EQ(replies(), (named{&resize, &bad}));
  EXPECT_EQ(resize.result, success);
  EXPECT_EQ(::lseek(fd, 0, SEEK_END), 12345);
  EXPECT_EQ(bad.result, (op_result{result_kind::system_error, EBADF, 0}));
}

TEST_F(shard_loop_test, resizes_in_the_kernel_where_it_can) {
  test_operation resize(op_code::resize);
  resize.file = &*regular;
  resize.offset = 12345;
  push(resize);
  turn();
  EXPECT_EQ(kernel.under_way[0].what.offset, 12345U);
  complete(0);
  EXPECT_EQ(replies(), named{&resize});
}

} // namespace
} // namespace shardbridge::detail
