// Goal: where the kernel has no room, or fails, nothing is lost and nothing sleeps that could go on.
// Method: a fake kernel that says "no room" or throws at chosen moments; the loop runs to its end.
#include "shard_loop_fixture.hpp"

#include <cerrno>
#include <deque>

namespace shardbridge::detail {
namespace {

class shard_loop_failure : public shard_loop_test {
 public:
  shard_loop_failure() {
    for (int each = 0; each < 6; ++each)
      push(writes.emplace_back(op_code::write, *regular, std::vector<std::size_t>{10}).op);
  }
  /// With a kernel that completes one operation each time it is entered, and a stop after some time.
  void run_to_the_end() {
    int enters = 0;
    kernel.on_enter = [&] {
      if (++enters == 50) port.request_stop();
      if (enters == 200) kernel.failures = 2; // ends a loop that would go on for ever
      for (std::size_t at = 0; at < kernel.under_way.size(); ++at)
        if (kernel.under_way[at].entered) return kernel.complete(at, 10);
    };
    EXPECT_NO_THROW(loop.run());
  }
  void expect_every_answer() {
    named all = replies();
    EXPECT_EQ(all.size(), 6U);
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end()) << "answered twice";
    EXPECT_EQ(counters.in_flight.get(), 0U);
  }

  std::deque<test_transfer> writes;
};

TEST_F(shard_loop_failure, without_room_keeps_the_loop_awake_while_a_slot_is_free) {
  kernel.refusals = 2; // the first write, before and after an enter
  kernel.on_wait = [this] {
    EXPECT_TRUE(kernel.under_way.size() == 2 || writes[0].op.where == place::slot)
        << "waits although what is queued could be started";
  };
  ASSERT_TRUE(loop.turn());
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(writes[0].op.where, place::slot);
  EXPECT_EQ(writes[1].op.where, place::slot);
  EXPECT_EQ(writes[2].op.where, place::backlog);
  run_to_the_end();
  expect_every_answer();
}

TEST_F(shard_loop_failure, without_room_for_one_start_after_a_wait_is_tried_again) {
  ASSERT_TRUE(loop.turn());
  kernel.complete(10);
  ASSERT_TRUE(loop.turn());
  ASSERT_EQ(kernel.under_way.size(), 1U);
  kernel.refusals = 2;
  kernel.waits = 0;
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(kernel.waits, 0) << "waits for the other operation although a slot is free";
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(kernel.under_way.size(), 2U);
  run_to_the_end();
  expect_every_answer();
}

TEST_F(shard_loop_failure, of_one_wait_stops_the_shard_and_answers_everything) {
  ASSERT_TRUE(loop.turn());
  kernel.failures = 1;
  run_to_the_end();
  expect_every_answer();
  EXPECT_EQ(writes[5].op.result, op_result::of(errc::shard_failed));
  EXPECT_TRUE(port.stop_requested());
}

TEST_F(shard_loop_failure, of_one_wait_names_the_cause_to_what_was_in_the_kernel) {
  writes.front().op.code = op_code::read;
  ASSERT_TRUE(loop.turn());
  kernel.failures = 1;
  kernel.on_enter = [&] {
    for (std::size_t at = 0; at < kernel.under_way.size(); ++at)
      if (kernel.under_way[at].entered)
        return kernel.complete(at, kernel.under_way[at].what.code == op_code::read ? -ECANCELED : 10);
  };
  EXPECT_NO_THROW(loop.run());
  expect_every_answer();
  EXPECT_EQ(writes[0].op.result, op_result::of(errc::shard_failed));
  EXPECT_EQ(writes[1].op.result, moved(10)) << "what changes a file may finish";
}

TEST_F(shard_loop_failure, of_the_enter_that_makes_room_loses_no_request) {
  kernel.refusals = 1;
  kernel.failures = 1;
  run_to_the_end();
  expect_every_answer();
}

TEST_F(shard_loop_failure, of_the_enter_that_makes_room_loses_no_queued_operation) {
  ASSERT_TRUE(loop.turn());
  kernel.complete(10);
  kernel.complete(10);
  ASSERT_TRUE(loop.turn());
  kernel.refusals = 1;
  kernel.failures = 1;
  run_to_the_end();
  expect_every_answer();
}

TEST_F(shard_loop_failure, of_the_enter_that_makes_room_loses_no_continuation) {
  ASSERT_TRUE(loop.turn());
  kernel.complete(4);
  kernel.refusals = 1;
  kernel.failing_enter = kernel.enters + 2; // the turn's own goes well
  run_to_the_end();
  expect_every_answer();
}

TEST_F(shard_loop_failure, for_a_second_time_ends_the_loop_with_the_error) {
  ASSERT_TRUE(loop.turn());
  kernel.failures = 2;
  EXPECT_THROW(loop.run(), std::system_error);
  kernel.under_way.clear();
}

} // namespace
} // namespace shardbridge::detail
