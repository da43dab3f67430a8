// Goal: where slots are scarce, bridges, priorities and what may wait for ever each get what is theirs; what waits for
// a slot can be cancelled, is late in time and ends at a stop, whatever its kind. Method: a ring of two, both slots
// taken, and operations that come behind; the order of the replies is that in which they were started, since the kernel
// completes the oldest first.
#include "shard_loop_fixture.hpp"

#include <deque>

namespace shardbridge::detail {
namespace {

class shard_loop_fairness : public shard_loop_test {
 public:
  shard_loop_fairness() { connections.push_back(other); }

  operation& make(op_code what, descriptor& file, priority which = priority::normal) {
    operation& op = transfers.emplace_back(what, file, std::vector<std::size_t>{10}).op;
    op.patient = what == op_code::read && !file.regular; // as the Asio side does
    op.priority = which;
    return op;
  }
  named push_new(std::size_t count, const std::shared_ptr<connection>& from, op_code what, descriptor& file,
                 priority which = priority::normal) {
    named out;
    while (out.size() < count) {
      out.push_back(&make(what, file, which));
      push_to(*from, *out.back());
    }
    turn();
    return out;
  }
  void fill_slots() {
    push_new(2, joined, op_code::write, *regular);
    ASSERT_EQ(kernel.under_way.size(), 2U);
  }
  /// The oldest first, until nothing is left: what was answered, in that order, but for the first `skipped`.
  named complete_all(std::size_t skipped = 0) {
    named out;
    while (!kernel.under_way.empty()) {
      complete(10);
      for (const auto& each : {joined, other}) {
        const named some = replies_of(*each);
        out.insert(out.end(), some.begin(), some.end());
      }
    }
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, out.size())));
    return out;
  }

  const std::shared_ptr<connection> other = join(port);
  std::deque<test_transfer> transfers;
};

TEST_F(shard_loop_fairness, of_bridges) {
  fill_slots();
  const named many = push_new(5, joined, op_code::read, *regular);
  const named few = push_new(2, other, op_code::read, *regular);
  kernel.complete(10);
  ASSERT_TRUE(loop.turn()) << "a slot comes free";
  const named late = push_new(1, joined, op_code::read, *regular);
  EXPECT_EQ(complete_all(2), (named{many[0], few[0], many[1], few[1], many[2], many[3], many[4], late[0]}));
}

TEST_F(shard_loop_fairness, of_a_bridge_that_has_one_at_a_time) {
  fill_slots();
  push_new(50, joined, op_code::read, *regular);
  for (int each = 0; each < 10; ++each) {
    const named one = push_new(1, other, op_code::read, *regular);
    for (int behind = 0; behind < 4; ++behind) // two in the kernel, one whose turn it may be, and its own
      complete(10);
    EXPECT_EQ(replies_of(*other), one);
  }
  complete_all();
}

TEST_F(shard_loop_fairness, of_priorities) {
  fill_slots();
  const named normal = push_new(3, joined, op_code::write, *regular);
  const named high = push_new(9, other, op_code::write, *regular, priority::high);
  named expected(high.begin(), high.begin() + 7);
  expected.insert(expected.end(), {normal[0], high[7], high[8], normal[1], normal[2]});
  EXPECT_EQ(complete_all(2), expected);
}

TEST_F(shard_loop_fairness, lets_writes_pass_reads_that_may_wait_for_ever) {
  const named reads = push_new(3, joined, op_code::read, *pipe);
  ASSERT_EQ(kernel.under_way.size(), 1U) << "a slot is kept from them";
  EXPECT_GT(kernel.waits, 0) << "it spins although nothing can be started";
  const named writes = push_new(2, joined, op_code::write, *pipe);
  ASSERT_EQ(kernel.under_way.size(), 2U);
  EXPECT_EQ(kernel.under_way[1].what.code, op_code::write);
  complete(10, 1);
  complete(10, 1);
  EXPECT_EQ(replies(), writes);
  EXPECT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(complete_all(), reads);
}

TEST_F(shard_loop_fairness, keeps_a_slot_from_reads_that_may_wait_for_ever_however_late_they_are_started) {
  fill_slots();
  push_new(3, joined, op_code::read, *pipe);
  complete(10);
  complete(10);
  EXPECT_EQ(replies().size(), 2U);
  EXPECT_EQ(kernel.under_way.size(), 1U) << "both slots were free, and three waited";
  EXPECT_EQ(complete_all().size(), 3U);
}

TEST_F(shard_loop_fairness, starts_what_finds_no_room_in_its_old_order) {
  fill_slots();
  const named of_one = push_new(2, joined, op_code::write, *regular);
  const named of_two = push_new(2, other, op_code::write, *regular);
  kernel.complete(10);
  ASSERT_TRUE(loop.turn());
  kernel.refusals = 2;
  kernel.waits = 0;
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.waits, 0) << "it waits although something could be started";
  EXPECT_EQ(counters.backlog.get(), 4U);
  turn();
  EXPECT_EQ(complete_all(2), (named{of_one[0], of_two[0], of_one[1], of_two[1]}));
}

/// A read of a pipe waits in the backlog, though a slot is free, behind one in the kernel.
class shard_loop_fairness_queued : public shard_loop_fairness {
 public:
  shard_loop_fairness_queued() { make_cancellable(queued); }
  void push_queued() {
    push(queued);
    turn();
    ASSERT_EQ(queued.where, place::backlog);
  }

  operation* const first = push_new(1, joined, op_code::read, *pipe)[0];
  operation& queued = make(op_code::read, *pipe);
};

TEST_F(shard_loop_fairness_queued, is_cancelled) {
  push_queued();
  EXPECT_TRUE(cancel(queued));
  turn();
  EXPECT_EQ(replies(), named{&queued});
  EXPECT_EQ(queued.result, aborted);
  EXPECT_EQ(kernel.cancels_staged, 0);
  EXPECT_EQ(complete_all(), named{first});
}

TEST_F(shard_loop_fairness_queued, is_cancelled_with_its_bridge) {
  push_queued();
  const named others = push_new(1, other, op_code::read, *pipe);
  test_operation order(op_code::cancel_bridge);
  order.silent = true;
  push(order);
  turn();
  EXPECT_EQ(replies(), named{&queued});
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_EQ(others[0]->where, place::backlog);
  EXPECT_EQ(complete_all(), (named{first, others[0]}));
}

TEST_F(shard_loop_fairness_queued, expires) {
  queued.deadline = clock_now() + hour;
  push_queued();
  EXPECT_EQ(kernel.waited_until, queued.deadline);
  operation& late = make(op_code::read, *pipe);
  take_and_let_expire(late);
  turn();
  EXPECT_EQ(replies(), named{&late});
  EXPECT_EQ(late.result, expired_queued);
  EXPECT_EQ(complete_all(), (named{first, &queued}));
}

TEST_F(shard_loop_fairness_queued, is_answered_at_a_stop) {
  push_queued();
  port.request_stop();
  turn();
  EXPECT_EQ(replies(), named{&queued});
  EXPECT_EQ(queued.result, stopped);
  kernel.complete(-ECANCELED);
  stop();
  EXPECT_EQ(replies(), named{first});
}

TEST_F(shard_loop_fairness_queued, is_counted) {
  EXPECT_EQ(counters.backlog.get(), 0U);
  push_queued();
  EXPECT_EQ(counters.backlog.get(), 1U);
  push_new(3, other, op_code::write, *regular);
  EXPECT_EQ(counters.backlog.get(), 3U) << "one of the three has found a slot";
  EXPECT_TRUE(cancel(queued));
  turn();
  EXPECT_EQ(counters.backlog.get(), 2U);
  complete_all();
  EXPECT_EQ(counters.backlog.get(), 0U);
}

} // namespace
} // namespace shardbridge::detail
