// Goal: one deadline covers the wait for a permit, the queue and the kernel, and the error says where it fired. Method:
// an operation held up at each stage by reads that never end, in both ways of watching a deadline.
#include "support/stuck_reads.hpp"
#include "support/timeout_modes.hpp"

#include <cerrno>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

class one_deadline : public testing::TestWithParam<timeout_mode> {
 protected:
  void start(unsigned ring_entries = 64, const bridge_options& limits = {}) {
    all.emplace(shard_group_options{.ring_entries = ring_entries, .timeout_mode = GetParam()}, limits);
    stuck.emplace(all->link);
  }
  /// Until `expected` is answered; the reads that are stuck are cancelled then, and nothing else may be left.
  void answer(const outcome& expected) {
    EXPECT_TRUE(all->run_until([&] { return expected.calls > 0; }));
    took = clock::now() - begun;
    stuck->file.cancel();
    EXPECT_TRUE(all->finish());
    for (const outcome& each : stuck->outcomes)
      EXPECT_EQ(each.calls, 1);
    expect_balanced(all->link.stats());
  }

  const clock::time_point begun = clock::now();
  clock::duration took{};
  std::optional<service> all;
  std::optional<stuck_reads> stuck;
};

TEST_P(one_deadline, waiting_for_a_permit) {
  start(64, {.max_ops = 1});
  stuck->start();
  ASSERT_TRUE(all->wait_in_flight(1));
  const outcome& late = stuck->start({.timeout = 30ms});
  EXPECT_EQ(all->link.stats().waiting, 1U);
  answer(late);
  EXPECT_TRUE(late.failed_with(errc::expired_waiting)) << late;
  EXPECT_GE(took, 30ms);
  EXPECT_EQ(all->link.stats().expired_waiting, 1U);
  EXPECT_EQ(all->link.stats().accepted, 1U);
  EXPECT_EQ(all->submissions(), 1U);
}

TEST_P(one_deadline, in_the_queue_of_the_shard) {
  start(3); // the third entry is not for reads that may wait for ever
  stuck->start();
  stuck->start();
  ASSERT_TRUE(all->wait_in_flight(2));
  const outcome& late = stuck->start({.timeout = 30ms});
  answer(late);
  EXPECT_TRUE(late.failed_with(errc::expired_queued)) << late;
  EXPECT_GE(took, 30ms);
  EXPECT_EQ(all->submissions(), 2U);
}

TEST_P(one_deadline, in_the_kernel) {
  start();
  stuck->start();
  const outcome& late = stuck->start({.timeout = 200ms});
  answer(late);
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_EQ(late.value, 0U);
  EXPECT_GE(took, 200ms);
}

TEST_P(one_deadline, of_a_write_in_the_kernel) {
  start();
  stuck->pipe.fill();
  outcome late;
  stuck->file.async_write_some_at(0, asio::buffer("x", 1), {.timeout = 200ms}, late.handler());
  answer(late);
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_EQ(stuck->pipe.drain() % 4096, 0U) << "nothing of it was written";
}

TEST_P(one_deadline, is_not_reached_by_what_is_done_in_time) {
  start();
  const outcome& read = stuck->start({.timeout = patience});
  ASSERT_TRUE(all->wait_in_flight(1));
  stuck->pipe.write("x");
  answer(read);
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(read.value, 1U);
}

TEST_P(one_deadline, the_earlier_of_timeout_and_deadline_counts) {
  start();
  const outcome& by_timeout = stuck->start({.timeout = 200ms, .deadline = clock::now() + patience});
  const outcome& by_deadline = stuck->start({.timeout = patience, .deadline = clock::now() + 200ms});
  const outcome& neither = stuck->start({.timeout = patience, .deadline = clock::now() + patience});
  EXPECT_TRUE(all->run_until([&] { return by_timeout.calls == 1; }));
  answer(by_deadline);
  EXPECT_TRUE(by_timeout.failed_with(errc::expired_in_flight)) << by_timeout;
  EXPECT_TRUE(by_deadline.failed_with(errc::expired_in_flight)) << by_deadline;
  EXPECT_TRUE(neither.failed_with(asio::error::operation_aborted)) << neither;
  EXPECT_LT(took, patience);
}

TEST_P(one_deadline, many_at_once_are_each_answered_once_and_never_early) {
  start(64, {.max_ops = 40});
  std::vector<clock::duration> after(60);
  for (std::size_t each = 0; each < after.size(); ++each) {
    const auto timeout = std::chrono::milliseconds(10 + 7 * (each % 5));
    stuck->start({.timeout = timeout});
    after[each] = timeout;
  }
  EXPECT_TRUE(all->finish());
  EXPECT_GE(clock::now() - begun, 38ms);
  for (const outcome& each : stuck->outcomes)
    EXPECT_TRUE(each.calls == 1 && each.error == boost::system::errc::timed_out) << each;
  expect_balanced(all->link.stats());
}

INSTANTIATE_TEST_SUITE_P(timeouts, one_deadline, both_timeout_modes, name_of_mode);

} // namespace
} // namespace shardbridge::tests
