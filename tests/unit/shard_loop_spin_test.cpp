// Goal: before it sleeps the loop looks again, at the wake word and at the ring, submits first, and counts what came of
// it. Method: a fake kernel that completes, or another thread that publishes, while the loop looks.
#include "shard_loop_fixture.hpp"

#include <thread>

namespace shardbridge::detail {
namespace {

class shard_loop_spin : public shard_loop_test {
 public:
  shard_loop_spin() { kernel.on_wait = nullptr; }

  shard_group_options long_looks{.ring_entries = 2, .spin = std::chrono::seconds(10)};
  shard_loop patient{ports, kernel, long_looks, 0, counters};
  test_transfer read{op_code::read, *pipe, {10}};
};

TEST_F(shard_loop_spin, submits_before_it_looks) {
  push(read.op);
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(kernel.unsubmitted(), 0U);
  EXPECT_EQ(kernel.waits, 0);
  kernel.complete(0, 10);
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_spin, finds_a_request_while_it_looks) {
  std::thread pushing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    push(read.op);
  });
  ASSERT_TRUE(patient.turn());
  pushing.join();
  EXPECT_EQ(counters.looks_hit.get(), 1U);
  EXPECT_EQ(kernel.waits, 0) << "it has not slept";
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(kernel.staged, 1);
  EXPECT_EQ(port.wake().wakes_sent(), 0U);
  kernel.complete(0, 10);
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_spin, looks_no_longer_than_to_the_next_deadline) {
  kernel.time = clock_now();
  read.op.deadline = *kernel.time + 1'000'000;
  push(read.op);
  ASSERT_TRUE(patient.turn());
  ASSERT_TRUE(patient.turn()); // looks in vain, then waits in the kernel, which returns at once
  EXPECT_GE(*kernel.time, read.op.deadline);
  EXPECT_LT(*kernel.time, read.op.deadline + 100'000);
  EXPECT_EQ(counters.looks_missed.get(), 1U);
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(kernel.cancels_staged, 1);
  kernel.complete(0, -ECANCELED);
  ASSERT_TRUE(patient.turn());
  EXPECT_EQ(replies(), named{&read.op});
}

TEST_F(shard_loop_spin, counts_what_was_published_and_what_woke_it) {
  turn();
  const std::uint64_t spurious = counters.spurious.get();
  EXPECT_GT(spurious, 0U) << "the fake kernel ends every wait at once";
  EXPECT_EQ(counters.snapshot(0).wakes_spurious, spurious);
  push(read.op);
  turn();
  kernel.complete(0, 10);
  turn();
  EXPECT_EQ(replies(), named{&read.op});
  const shard_stats seen = counters.snapshot(port.wake().wakes_sent());
  EXPECT_EQ(seen.wakes + seen.wakes_skipped, 1U);
  EXPECT_EQ(seen.request_batches, 1U);
  EXPECT_EQ(seen.reply_batches, 1U);
}

} // namespace
} // namespace shardbridge::detail
