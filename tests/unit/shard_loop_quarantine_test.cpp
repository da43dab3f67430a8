// Goal: a stopped shard waits for what owns its memory no longer than shutdown_timeout, answers it, and keeps the
// memory until the kernel lets go; for a caller's memory it waits. Method: a stop with operations that the fake kernel
// does not complete; a real clock with a short timeout.
#include "shard_loop_fixture.hpp"

#include <cerrno>

namespace shardbridge::detail {
namespace {

class shard_loop_quarantine : public shard_loop_test {
 public:
  static constexpr std::int64_t patience = 50'000'000;
  static constexpr op_result unknown = op_result::of(errc::outcome_unknown);

  shard_loop_quarantine() : shard_loop_test(impatient()) {
    for (test_operation* const each : {&sync, &other})
      each->file = &*regular;
  }
  static shard_group_options impatient() {
    shard_group_options out = sleeping_at_once();
    out.shutdown_timeout = std::chrono::nanoseconds(patience);
    return out;
  }
  static void let_time_pass() { std::this_thread::sleep_for(std::chrono::nanoseconds(patience)); }
  void begin_stop() {
    port.request_stop();
    ASSERT_TRUE(loop.turn());
  }
  void expect_end() {
    for (int each = 0; loop.turn(); ++each)
      ASSERT_LT(each, 5) << "the loop does not end";
    EXPECT_FALSE(port.wake().publish()) << "closed";
  }

  test_operation sync{op_code::sync_all};
  test_operation other{op_code::sync_all};
};

TEST_F(shard_loop_quarantine, answers_and_keeps_what_the_kernel_does_not_let_go) {
  push(sync);
  turn();
  begin_stop();
  EXPECT_TRUE(replies().empty());
  EXPECT_GT(kernel.waited_until, clock_now() - hour) << "it sleeps until then";
  EXPECT_LT(kernel.waited_until, clock_now() + patience);
  let_time_pass();
  expect_end();
  EXPECT_EQ(replies(), named{&sync});
  EXPECT_EQ(sync.result, unknown);
  EXPECT_EQ(loop.quarantined(), 1U);
  EXPECT_EQ(counters.quarantined.get(), 1U);
  EXPECT_FALSE(regular->only_user()) << "the kernel still has the file";

  kernel.on_wait = [this] {
    if (!kernel.under_way.empty()) kernel.complete(0);
  };
  loop.outlast_quarantined();
  EXPECT_EQ(loop.quarantined(), 0U);
  EXPECT_EQ(counters.in_flight.get(), 0U);
  EXPECT_EQ(counters.quarantined.get(), 1U) << "that it happened is not forgotten";
  EXPECT_TRUE(regular->only_user());
}

TEST_F(shard_loop_quarantine, keeps_what_was_answered_at_its_deadline_before) {
  take_and_let_expire(sync);
  turn();
  EXPECT_EQ(replies(), named{&sync});
  begin_stop();
  let_time_pass();
  expect_end();
  EXPECT_EQ(loop.quarantined(), 1U);
  kernel.on_wait = [this] { kernel.complete(0); };
  kernel.on_enter = [] {};
  loop.outlast_quarantined();
}

TEST_F(shard_loop_quarantine, waits_for_a_callers_memory) {
  test_transfer write(op_code::write, *regular, {10});
  push_all({&write.op, &sync});
  turn();
  begin_stop();
  let_time_pass();
  for (int each = 0; each < 5; ++each)
    ASSERT_TRUE(loop.turn()) << "the kernel still reads it";
  EXPECT_EQ(replies(), named{&sync});
  kernel.complete(10);
  expect_end();
  EXPECT_EQ(replies(), named{&write.op});
  EXPECT_EQ(write.op.result, moved(10));
  EXPECT_EQ(loop.quarantined(), 1U);
  kernel.on_wait = [this] { kernel.complete(0); };
  loop.outlast_quarantined();
}

TEST_F(shard_loop_quarantine, does_not_wait_for_a_sync_to_be_contradicted) {
  push_all({&sync, &other});
  turn();
  complete(0, 1);
  ASSERT_EQ(other.where, place::parked);
  begin_stop();
  let_time_pass();
  expect_end();
  EXPECT_EQ(replies(), (named{&sync, &other}));
  EXPECT_EQ(other.result, unknown);
  kernel.on_wait = [this] { kernel.complete(0); };
  loop.outlast_quarantined();
}

TEST_F(shard_loop_quarantine, is_not_needed_where_all_ends_in_time) {
  push(sync);
  turn();
  begin_stop();
  kernel.complete(0);
  expect_end();
  EXPECT_EQ(sync.result, success);
  EXPECT_EQ(loop.quarantined(), 0U);
  EXPECT_EQ(counters.quarantined.get(), 0U);
  EXPECT_EQ(replies(), named{&sync});
}

// The destructor of its execution context waits for it.
TEST_F(shard_loop_quarantine, of_an_abandoned_bridge_is_answered_by_a_shard_that_goes_on) {
  test_operation order(op_code::cancel_bridge);
  order.silent = true;
  other.deadline = clock_now() + hour;
  push_all({&sync, &other});
  turn();
  push(order);
  turn();
  EXPECT_EQ(order.delivered, 1);
  EXPECT_TRUE(replies().empty());
  let_time_pass();
  turn();
  EXPECT_EQ(replies(), (named{&sync, &other}));
  test_call call([](shard&) {});
  push(call.op);
  turn();
  EXPECT_EQ(replies(), named{&call.op}) << "abandoned";
  complete(0);
  complete(0);
  EXPECT_EQ(counters.in_flight.get(), 0U);
}

} // namespace
} // namespace shardbridge::detail
