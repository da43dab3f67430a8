// Goal: a stop answers what waits, cancels what could wait for ever, lets finish what changes a file, and ends the loop
// when nothing is left in any place; what comes later is answered all the same.
// Method: a stop with an operation in each place; pushes before and behind the end.
#include "shard_loop_fixture.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace shardbridge::detail {
namespace {

class shard_loop_stop : public shard_loop_test {
 public:
  /// A turn that finds the stop requested and does not end.
  void begin_stop() {
    port.request_stop();
    turn();
  }
  void expect_end() {
    for (int each = 0; loop.turn(); ++each)
      ASSERT_LT(each, 5) << "the loop does not end";
    EXPECT_EQ(counters.in_flight.get(), 0U);
    EXPECT_FALSE(port.wake().publish()) << "closed";
  }
};

TEST_F(shard_loop_stop, ends_an_idle_loop_at_once) {
  turn();
  stop();
  EXPECT_FALSE(port.wake().publish());
}

TEST_F(shard_loop_stop, answers_the_backlog_and_what_arrives_later) {
  std::deque<test_transfer> writes;
  for (int each = 0; each < 4; ++each)
    push(writes.emplace_back(op_code::write, *regular, std::vector<std::size_t>{10}).op);
  turn();
  begin_stop();
  EXPECT_EQ(replies(), (named{&writes[2].op, &writes[3].op}));
  EXPECT_EQ(writes[2].op.result, stopped);
  test_call late([](shard&) { FAIL() << "stopped"; });
  push(late.op);
  turn();
  EXPECT_EQ(replies(), named{&late.op});
  EXPECT_EQ(late.op.result, stopped);
  EXPECT_EQ(kernel.cancels_staged, 0) << "writes to a regular file finish";
  complete(4);
  kernel.complete(10);
  turn();
  EXPECT_EQ(writes[0].op.where, place::slot) << "and are continued";
  kernel.complete(6);
  expect_end();
  EXPECT_EQ(replies(), (named{&writes[1].op, &writes[0].op}));
  EXPECT_EQ(writes[0].op.result, moved(10));
}

struct in_kernel {
  op_code code;
  bool regular;
  bool cancelled;
};

TEST_F(shard_loop_stop, cancels_in_the_kernel_only_what_could_wait_for_ever) {
  for (const in_kernel& each : {in_kernel{op_code::read, true, true},
                                {op_code::read, false, true},
                                {op_code::write, true, false},
                                {op_code::write, false, true},
                                {op_code::open, true, true},
                                {op_code::size, true, true},
                                {op_code::sync_all, true, false},
                                {op_code::sync_data, true, false},
                                {op_code::resize, true, false},
                                {op_code::allocate, true, false},
                                {op_code::advise, true, true},
                                {op_code::rename, true, false},
                                {op_code::unlink, true, false},
                                {op_code::make_directory, true, false},
                                {op_code::status, true, true}}) {
    std::deque<shard_port> own_ports(1);
    const auto own = join(own_ports[0]);
    fake_driver own_kernel;
    shard_loop own_loop(own_ports, own_kernel, options, 0, counters);
    const bool moves = each.code == op_code::read || each.code == op_code::write;
    test_transfer op(each.code, each.regular ? *regular : *pipe,
                     moves ? std::vector<std::size_t>{10} : std::vector<std::size_t>{});
    op.op.arguments = std::make_unique<kernel_arguments>();
    push_to(*own, op.op);
    ASSERT_TRUE(own_loop.turn());
    ASSERT_EQ(own_kernel.staged, 1);
    own_ports[0].request_stop();
    ASSERT_TRUE(own_loop.turn());
    EXPECT_EQ(own_kernel.cancels_staged, each.cancelled ? 1 : 0) << each.code << (each.regular ? "" : " on a pipe");
    own_kernel.complete(each.cancelled ? -ECANCELED : (moves ? 10 : 0));
    for (int turns = 0; own_loop.turn(); ++turns)
      ASSERT_LT(turns, 5);
    EXPECT_EQ(replies_of(*own), named{&op.op});
    EXPECT_EQ(op.op.result.kind, each.cancelled ? result_kind::bridge_error : result_kind::success) << each.code;
  }
}

TEST_F(shard_loop_stop, gives_parked_closes_up) {
  regular->add_reference();
  pipe->add_reference();
  test_operation close(op_code::close);
  close.file = &*regular;
  test_operation taken_over(op_code::close);
  taken_over.file = &*pipe;
  push_all({&close, &taken_over});
  turn();
  ASSERT_EQ(pipe->release(), &taken_over); // the word of it is slow
  begin_stop();
  EXPECT_EQ(replies(), named{&close});
  EXPECT_EQ(close.result, stopped);
  announce_unparked(taken_over);
  expect_end();
  EXPECT_EQ(replies(), named{&taken_over});
  EXPECT_EQ(taken_over.result, stopped);
  static_cast<void>(regular->release());
}

TEST_F(shard_loop_stop, waits_for_what_is_held) {
  test_transfer read(op_code::read, *regular, {10});
  make_cancellable(read.op);
  ASSERT_EQ(read.op.cancel.request(cancel_kind::any), cancel_word::requested::send);
  push(read.op);
  turn();
  ASSERT_EQ(read.op.where, place::held);
  begin_stop();
  push(read.op, meaning::cancel);
  expect_end();
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_stop, waits_for_the_kernel_to_let_go_of_what_was_answered) {
  test_operation sync(op_code::sync_all);
  sync.file = &*regular;
  take_and_let_expire(sync);
  turn();
  EXPECT_EQ(replies(), named{&sync});
  begin_stop();
  kernel.complete(0);
  expect_end();
}

TEST_F(shard_loop_stop, answers_what_is_on_the_lanes_when_it_closes) {
  // Pushed after the last look, before the close: published to a shard that was awake.
  test_transfer read(op_code::read, *regular, {10});
  push(read.op);
  turn();
  port.request_stop();
  turn();
  kernel.complete(-ECANCELED);
  ASSERT_TRUE(loop.turn());
  test_operation late(op_code::sync_all);
  test_operation order(op_code::cancel_bridge);
  order.silent = true;
  const auto unseen = join(port); // attached since the last turn
  push_to(*unseen, late);
  push_to(*unseen, order);
  expect_end();
  EXPECT_EQ(replies(), named{&read.op});
  EXPECT_EQ(replies_of(*unseen), named{&late});
  EXPECT_EQ(late.result, stopped);
  EXPECT_EQ(order.delivered, 1);
  EXPECT_EQ(counters.requests.get(), counters.replies.get());
}

/// An order whose end does what another thread might do just then.
class hooked_order final : public operation {
 public:
  explicit hooked_order(std::function<void()> hook) : operation(op_code::cancel_bridge, &run), hook_(std::move(hook)) {
    silent = true;
  }

 private:
  static void run(operation& op, bridge_core*, delivery) { static_cast<hooked_order&>(op).hook_(); }
  std::function<void()> hook_;
};

// Each is on the lane of a bridge that attached a moment ago, so one of them comes behind the last look of the last
// turn.
TEST_F(shard_loop_stop, answers_bridges_that_attach_while_it_ends) {
  constexpr std::size_t total = 10;
  std::deque<hooked_order> orders;
  std::deque<test_call> late;
  named answered;
  std::size_t freed = 0;
  const std::function<void()> next = [&] {
    if (++freed == total) return;
    connections.push_back(join(port));
    connection& to = *connections.back();
    to.requests.push({late.emplace_back([](shard&) {}).op, meaning::request});
    to.requests.push({orders.emplace_back(next), meaning::request});
    if (!to.wakes.consumer_wake->publish()) answer_leftovers(to, [&](operation& op) { answered.push_back(&op); });
  };
  port.request_stop();
  push(orders.emplace_back(next));
  expect_end();
  EXPECT_EQ(freed, total);
  for (const auto& each : connections) {
    const named replied = replies_of(*each);
    answered.insert(answered.end(), replied.begin(), replied.end());
  }
  EXPECT_EQ(counters.requests.get(), counters.replies.get()) << "what it answers it has taken";
  std::sort(answered.begin(), answered.end());
  named pushed;
  for (test_call& each : late)
    pushed.push_back(&each.op);
  std::sort(pushed.begin(), pushed.end());
  EXPECT_EQ(answered, pushed);
}

TEST_F(shard_loop_stop, leaves_what_comes_behind_the_end_to_whoever_pushes) {
  stop();
  test_transfer read(op_code::read, *regular, {10});
  joined->requests.push({read.op, meaning::request});
  EXPECT_FALSE(joined->wakes.consumer_wake->publish());
  named answered;
  answer_leftovers(*joined, [&](operation& op) { answered.push_back(&op); });
  EXPECT_EQ(answered, named{&read.op});
  EXPECT_EQ(read.op.result, stopped);
}

} // namespace
} // namespace shardbridge::detail
