// Goal: a deadline is kept wherever the operation is: on arrival, in the backlog, parked, in the kernel.
// Method: deadlines in the past, some microseconds ahead, and never reached.
#include "shard_loop_fixture.hpp"

#include <deque>

namespace shardbridge::detail {
namespace {

class shard_loop_deadline : public shard_loop_test {
 public:
  void fill_slots() {
    for (test_transfer* each : {&first, &second})
      push(each->op);
    turn();
    ASSERT_EQ(kernel.under_way.size(), 2U);
  }
  void empty_slots() {
    while (!kernel.under_way.empty())
      complete(10);
  }

  test_transfer first{op_code::read, *regular, {10}};
  test_transfer second{op_code::read, *regular, {10}};
};

TEST_F(shard_loop_deadline, that_has_passed_makes_no_submission) {
  std::deque<test_operation> late;
  for (const op_code code : {op_code::read, op_code::close, op_code::call, op_code::open}) {
    test_operation& op = late.emplace_back(code);
    op.file = &*regular;
    op.run = [](operation&, shard&) {
      ADD_FAILURE() << "too late to run";
      return true;
    };
    op.deadline = clock_now();
    push(op);
  }
  turn();
  EXPECT_EQ(kernel.staged, 0);
  EXPECT_EQ(replies().size(), 4U);
  for (const test_operation& each : late)
    EXPECT_EQ(each.result, expired_queued) << each.code;
}

TEST_F(shard_loop_deadline, is_how_long_the_loop_waits) {
  first.op.deadline = clock_now() + 2 * hour;
  second.op.deadline = clock_now() + hour;
  fill_slots();
  EXPECT_EQ(kernel.waited_until, second.op.deadline);
  complete(10, 1);
  EXPECT_EQ(kernel.waited_until, first.op.deadline);
  empty_slots();
  EXPECT_EQ(kernel.waited_until, never);
}

TEST_F(shard_loop_deadline, takes_out_of_the_backlog_without_a_submission) {
  fill_slots();
  test_transfer queued(op_code::read, *regular, {10});
  test_transfer patient(op_code::read, *regular, {10});
  take_and_let_expire(queued.op);
  push(patient.op);
  turn();
  EXPECT_EQ(replies(), named{&queued.op});
  EXPECT_EQ(queued.op.result, expired_queued);
  EXPECT_EQ(kernel.staged, 2);
  empty_slots();
  EXPECT_EQ(replies(), (named{&first.op, &second.op, &patient.op}));
}

TEST_F(shard_loop_deadline, interrupts_a_transfer_in_the_kernel_and_waits_for_it) {
  take_and_let_expire(first.op);
  ASSERT_EQ(first.op.where, place::slot);
  turn();
  ASSERT_EQ(kernel.cancels_staged, 1);
  EXPECT_EQ(replies(), named{});
  complete(-ECANCELED);
  EXPECT_EQ(replies(), named{&first.op});
  EXPECT_EQ(first.op.result, op_result::of(errc::expired_in_flight));
}

TEST_F(shard_loop_deadline, answers_what_can_be_detached_and_keeps_its_slot) {
  test_operation sync(op_code::sync_all);
  sync.file = &*regular;
  take_and_let_expire(sync);
  turn();
  EXPECT_EQ(replies(), named{&sync});
  EXPECT_EQ(sync.result, op_result::of(errc::expired_in_flight));
  EXPECT_EQ(counters.in_flight.get(), 1U);
  complete(0);
  EXPECT_EQ(replies(), named{});
  EXPECT_EQ(counters.in_flight.get(), 0U);
  EXPECT_TRUE(regular->only_user());
}

TEST_F(shard_loop_deadline, of_the_kernel_first_is_the_same_to_the_user) {
  first.op.deadline = clock_now() + hour;
  push(first.op);
  turn();
  kernel.post_timeout(0, -ETIME);
  kernel.post_operation(0, -ECANCELED);
  turn();
  EXPECT_EQ(replies(), named{&first.op});
  EXPECT_EQ(first.op.result, op_result::of(errc::expired_in_flight));
}

TEST_F(shard_loop_deadline, gives_a_parked_close_up) {
  regular->add_reference();
  test_operation close(op_code::close);
  close.file = &*regular;
  take_and_let_expire(close);
  ASSERT_EQ(close.where, place::parked);
  turn();
  EXPECT_EQ(replies(), named{&close});
  EXPECT_EQ(close.result, expired_queued);
  EXPECT_EQ(regular->release(), nullptr) << "nothing is parked any more";
}

} // namespace
} // namespace shardbridge::detail
