// Goal: a close goes to the kernel when nothing else uses the file, and not before.
// Method: other users that leave before, while and after it is parked.
#include "shard_loop_fixture.hpp"

namespace shardbridge::detail {
namespace {

class shard_loop_close : public shard_loop_test {
 public:
  shard_loop_close() { close.file = &*regular; }
  ~shard_loop_close() override { EXPECT_EQ(regular->get(), closed ? -1 : 1000000); }
  void expect_closed() {
    ASSERT_EQ(kernel.under_way.size(), 1U);
    EXPECT_EQ(kernel.under_way[0].what.code, op_code::close);
    EXPECT_EQ(kernel.under_way[0].what.fd, 1000000);
    closed = true;
    complete(0);
    EXPECT_EQ(replies(), named{&close});
    EXPECT_EQ(close.result, success);
  }
  /// Another user of the file leaves.
  void leave() {
    if (operation* const parked = regular->release()) announce_unparked(*parked);
  }

  bool closed = false;
  test_operation close{op_code::close};
};

TEST_F(shard_loop_close, begins_at_once_if_nobody_else_uses_the_file) {
  push(close);
  turn();
  expect_closed();
}

TEST_F(shard_loop_close, waits_until_it_is_the_only_user) {
  regular->add_reference();
  regular->add_reference();
  push(close);
  turn();
  EXPECT_EQ(close.where, place::parked);
  leave();
  turn();
  EXPECT_EQ(kernel.staged, 0);
  leave();
  turn();
  expect_closed();
}

TEST_F(shard_loop_close, waits_its_turn_behind_the_backlog) {
  regular->add_reference();
  push(close);
  turn();
  test_transfer a(op_code::read, *pipe, {10}), b(op_code::read, *pipe, {10}), c(op_code::read, *pipe, {10});
  push_all({&a.op, &b.op, &c.op});
  turn();
  leave();
  turn();
  EXPECT_EQ(close.where, place::backlog);
  for (int each = 0; each < 3; ++each)
    complete(10);
  EXPECT_EQ(replies(), (named{&a.op, &b.op, &c.op}));
  expect_closed();
}

TEST_F(shard_loop_close, is_given_up_for_the_user_while_it_is_parked) {
  make_cancellable(close);
  regular->add_reference();
  push(close);
  turn();
  EXPECT_TRUE(cancel(close));
  turn();
  EXPECT_EQ(replies(), named{&close});
  EXPECT_EQ(close.result, aborted);
  leave();
}

TEST_F(shard_loop_close, begins_if_the_cancel_comes_behind_the_last_other_user) {
  make_cancellable(close);
  regular->add_reference();
  push(close);
  turn();
  ASSERT_EQ(regular->release(), &close); // the word of it is slow
  EXPECT_TRUE(cancel(close));
  turn();
  EXPECT_EQ(close.where, place::parked) << "it is no longer the shard's to take out";
  EXPECT_EQ(replies(), named{});
  announce_unparked(close);
  turn();
  expect_closed();
}

TEST_F(shard_loop_close, is_late_if_the_word_comes_behind_the_deadline) {
  regular->add_reference();
  take_and_let_expire(close, [this] { ASSERT_EQ(regular->release(), &close); });
  turn();
  EXPECT_EQ(replies(), named{});
  announce_unparked(close);
  turn();
  EXPECT_EQ(replies(), named{&close});
  EXPECT_EQ(close.result, expired_queued);
}

TEST_F(shard_loop_close, is_never_cancelled_in_the_kernel) {
  make_cancellable(close);
  push(close);
  turn();
  EXPECT_TRUE(cancel(close));
  turn();
  EXPECT_EQ(kernel.cancels_staged, 0);
  expect_closed();
}

TEST_F(shard_loop_close, is_answered_at_the_deadline_and_goes_on) {
  take_and_let_expire(close);
  turn();
  EXPECT_EQ(replies(), named{&close});
  EXPECT_EQ(close.result, op_result::of(errc::expired_in_flight));
  closed = true;
  complete(0);
  EXPECT_EQ(replies(), named{});
}

} // namespace
} // namespace shardbridge::detail
