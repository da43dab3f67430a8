// Goal: a no-op goes the whole way and back, keeps the rules of every operation, and tells when it was where. Method:
// no-ops through a real ring.
#include "support/service.hpp"

namespace shardbridge::tests {
namespace {

TEST(no_op, goes_through_the_ring_of_the_shard_it_is_sent_to) {
  service all({.shards = 2});
  const outcome done = all.complete([&](auto h) { async_nop(all.link, 1, h); });
  EXPECT_TRUE(done.succeeded()) << done;
  EXPECT_EQ(all.group.stats()[0].submissions, 0U);
  EXPECT_EQ(all.group.stats()[1].submissions, 1U);
}

TEST(no_op, keeps_the_rules_of_every_operation) {
  service all;
  const outcome nowhere = all.complete([&](auto h) { async_nop(all.link, 7, h); });
  EXPECT_TRUE(nowhere.failed_with({EINVAL, boost::system::system_category()})) << nowhere;
  const outcome late = all.complete([&](auto h) { async_nop(all.link, 0, {.timeout = 0ns}, h); });
  EXPECT_TRUE(late.failed_with(errc::expired_queued)) << late;
  all.link.stop();
  const outcome stopped = all.complete([&](auto h) { async_nop(all.link, 0, h); });
  EXPECT_TRUE(stopped.failed_with(errc::stopped)) << stopped;
  expect_balanced(all.link.stats());
}

TEST(no_op, tells_when_it_was_where) {
  service all;
  op_times times;
  const auto before = std::chrono::steady_clock::now();
  const outcome done = all.complete([&](auto h) { async_nop(all.link, 0, {.times = &times}, h); });
  ASSERT_TRUE(done.succeeded()) << done;
  EXPECT_LE(before, times.initiated);
  EXPECT_LE(times.initiated, times.taken);
  EXPECT_LE(times.taken, times.submitted);
  EXPECT_LE(times.submitted, times.completed);
  EXPECT_LE(times.completed, times.delivered);
  EXPECT_LE(times.delivered, std::chrono::steady_clock::now());
}

TEST(no_op, that_does_not_pass_a_station_leaves_it_open) {
  service all;
  op_times times;
  const outcome late = all.complete([&](auto h) { async_nop(all.link, 0, {.timeout = 0ns, .times = &times}, h); });
  EXPECT_FALSE(late.succeeded());
  EXPECT_NE(times.completed, std::chrono::steady_clock::time_point());
  EXPECT_EQ(times.submitted, std::chrono::steady_clock::time_point());
}

} // namespace
} // namespace shardbridge::tests
