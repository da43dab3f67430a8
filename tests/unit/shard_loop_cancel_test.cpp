// Goal: a cancel finds its operation at every stage, and nothing is handed back while a message about it is on its way.
// Method: cancel messages before and behind the request, in each place, of both kinds; orders for a file and a bridge.
#include "shard_loop_fixture.hpp"

#include <thread>

namespace shardbridge::detail {
namespace {

class shard_loop_cancel : public shard_loop_test {
 public:
  shard_loop_cancel() {
    make_cancellable(read.op);
    make_cancellable(write.op);
  }
  void push_order(op_code what, descriptor* file = nullptr) {
    order.code = what;
    order.silent = true;
    order.file = file;
    push(order);
  }

  test_transfer read{op_code::read, *pipe, {10}};
  test_transfer write{op_code::write, *regular, {10}};
  test_operation order{op_code::cancel_file};
};

TEST_F(shard_loop_cancel, that_overtakes_the_request_is_found_on_arrival) {
  EXPECT_TRUE(cancel(read.op)) << "by another thread, whose sub-queue may be looked at first";
  turn();
  push(read.op);
  turn();
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, aborted);
  EXPECT_EQ(kernel.staged, 0);
}

TEST_F(shard_loop_cancel, that_does_not_find_it_is_sent_again_though_nothing_else_happens) {
  push(read.op);
  turn();
  EXPECT_TRUE(cancel(read.op));
  turn();
  ASSERT_EQ(kernel.cancels_staged, 1);
  kernel.post_cancel(0, -ENOENT);
  ASSERT_TRUE(loop.turn()); // takes the answer
  if (kernel.cancels_staged == 1) {
    ASSERT_TRUE(loop.turn());
    EXPECT_LT(kernel.waited_until, clock_now() + 100'000'000) << "it waits for ever";
    while (clock_now() <= kernel.waited_until)
      std::this_thread::yield();
    ASSERT_TRUE(loop.turn());
  }
  EXPECT_EQ(kernel.cancels_staged, 2);
  complete(-ECANCELED);
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_cancel, behind_the_request_holds_it_until_the_message_has_come) {
  ASSERT_EQ(read.op.cancel.request(cancel_kind::any), cancel_word::requested::send);
  push(read.op);
  turn();
  EXPECT_EQ(replies(), named{}) << "the message that names it is still to come";
  EXPECT_EQ(read.op.where, place::held);
  push(read.op, meaning::cancel);
  turn();
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, aborted);
}

TEST_F(shard_loop_cancel, waits_for_every_message) {
  for (const cancel_kind kind : {cancel_kind::unless_started, cancel_kind::any})
    ASSERT_EQ(read.op.cancel.request(kind), cancel_word::requested::send);
  push(read.op);
  for (int each = 0; each < 2; ++each) {
    turn();
    EXPECT_EQ(replies(), named{});
    push(read.op, meaning::cancel);
  }
  turn();
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_cancel, interrupts_what_is_in_the_kernel) {
  push(read.op);
  turn();
  EXPECT_TRUE(cancel(read.op));
  turn();
  EXPECT_EQ(kernel.cancels_staged, 1);
  complete(-ECANCELED);
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, aborted);
  EXPECT_FALSE(cancel(read.op)) << "too late";
}

TEST_F(shard_loop_cancel, unless_started_leaves_what_is_in_the_kernel) {
  push(write.op);
  turn();
  EXPECT_TRUE(cancel(write.op, cancel_kind::unless_started));
  turn();
  EXPECT_EQ(kernel.cancels_staged, 0);
  EXPECT_TRUE(cancel(write.op, cancel_kind::any));
  turn();
  EXPECT_EQ(kernel.cancels_staged, 1);
  complete(10);
  EXPECT_EQ(replies(), named{&write.op});
  EXPECT_EQ(write.op.result, moved(10));
}

TEST_F(shard_loop_cancel, takes_out_of_the_backlog) {
  for (const cancel_kind kind : {cancel_kind::any, cancel_kind::unless_started}) {
    test_transfer first(op_code::read, *regular, {10});
    test_transfer second(op_code::read, *regular, {10});
    test_transfer queued(op_code::write, *regular, {10});
    make_cancellable(queued.op);
    push_all({&first.op, &second.op, &queued.op});
    turn();
    ASSERT_EQ(queued.op.where, place::backlog);
    EXPECT_TRUE(cancel(queued.op, kind));
    turn();
    EXPECT_EQ(replies(), named{&queued.op});
    EXPECT_EQ(queued.op.result, aborted);
    complete(10);
    complete(10);
    EXPECT_EQ(replies(), (named{&first.op, &second.op}));
  }
}

TEST_F(shard_loop_cancel, behind_the_end_is_waited_for) {
  push(read.op);
  turn();
  ASSERT_EQ(read.op.cancel.request(cancel_kind::any), cancel_word::requested::send);
  complete(10);
  EXPECT_EQ(replies(), named{});
  push(read.op, meaning::cancel);
  turn();
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, moved(10)) << "what was done was done";
}

TEST_F(shard_loop_cancel, of_a_file_reaches_what_is_older_wherever_it_is) {
  test_transfer slot(op_code::read, *pipe, {10});
  test_transfer other(op_code::read, *regular, {10});
  test_transfer queued(op_code::read, *pipe, {10});
  test_operation close(op_code::close);
  close.file = &*pipe;
  pipe->add_reference(); // of the close
  push_all({&slot.op, &other.op, &queued.op});
  turn();
  pipe->next_epoch();
  EXPECT_TRUE(pipe->mark_ordered(0));
  test_transfer overtaken(op_code::read, *pipe, {10});
  test_transfer newer(op_code::read, *pipe, {10});
  newer.op.epoch = pipe->epoch();
  push_all({&overtaken.op, &close, &newer.op});
  push_order(op_code::cancel_file, &*pipe);
  turn();
  EXPECT_EQ(order.delivered, 1);
  EXPECT_EQ(order.how, operation::delivery::destroy);
  EXPECT_TRUE(pipe->mark_ordered(0)) << "the next cancel sends an order of its own";
  EXPECT_EQ(replies(), (named{&overtaken.op, &queued.op}));
  EXPECT_EQ(overtaken.op.result, aborted);
  EXPECT_EQ(queued.op.result, aborted);
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_EQ(close.where, place::parked);
  EXPECT_EQ(newer.op.where, place::backlog);
  complete(-ECANCELED);
  complete(10);
  complete(10);
  EXPECT_EQ(replies(), (named{&slot.op, &other.op, &newer.op}));
  EXPECT_EQ(slot.op.result, aborted);
  pipe.release();
  turn();
  complete(0);
  EXPECT_EQ(replies(), named{&close});
  close.file->set(-1);
  static_cast<void>(close.file->release());
}

TEST_F(shard_loop_cancel, of_a_bridge_reaches_what_came_over_its_connection) {
  const auto second = join(port);
  connections.push_back(second);
  test_transfer theirs(op_code::read, *pipe, {10});
  push_to(*second, theirs.op);
  turn();
  test_transfer queued(op_code::read, *pipe, {10});
  push_all({&read.op, &queued.op});
  turn();
  push_order(op_code::cancel_bridge);
  turn();
  EXPECT_EQ(order.delivered, 1);
  EXPECT_EQ(replies(), named{&queued.op});
  EXPECT_EQ(kernel.under_way[0].cancels, 0);
  EXPECT_EQ(kernel.under_way[1].cancels, 1);
  complete(-ECANCELED, 1);
  EXPECT_EQ(replies(), named{&read.op});
  complete(10);
  EXPECT_EQ(replies_of(*second), named{&theirs.op});
}

// The other users of the file may be handlers that are queued in the very context that is being destroyed: they go only
// after the bridge.
TEST_F(shard_loop_cancel, of_a_bridge_reaches_a_parked_close) {
  pipe->add_reference();
  test_operation close(op_code::close);
  close.file = &*pipe;
  push(close);
  turn();
  ASSERT_EQ(close.where, place::parked);
  push_order(op_code::cancel_bridge);
  turn();
  EXPECT_EQ(replies(), named{&close});
  static_cast<void>(pipe->release());
}

// The order may be looked at before what another thread pushed earlier, as the cancel of a file may: nothing of an
// abandoned bridge may be started afterwards.
TEST_F(shard_loop_cancel, of_a_bridge_reaches_what_it_overtook) {
  push(read.op);
  std::thread([this] { push_order(op_code::cancel_bridge); }).join();
  turn();
  EXPECT_EQ(order.delivered, 1);
  if (read.op.where == place::slot) {
    EXPECT_EQ(kernel.cancels_staged, 1) << "started, and nobody will ever cancel it";
    complete(-ECANCELED);
  }
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(read.op.result, aborted);
}

} // namespace
} // namespace shardbridge::detail
