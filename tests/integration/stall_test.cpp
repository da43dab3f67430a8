// Goal: a shard that a function holds up for longer than the bound says so, and what held it up. Method: a call that
// sleeps.
#include "support/service.hpp"

namespace shardbridge::tests {
namespace {

TEST(fairness, a_call_that_holds_up_its_shard_is_counted) {
  service all({.stall_bound = 20ms});
  async_call(
      all.link, 0, [](shard&) { std::this_thread::sleep_for(100ms); }, asio::detached);
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[0].stalls > 0; })) << "counted before the shard sleeps";
  const shard_stats seen = all.group.stats()[0];
  EXPECT_GE(seen.stalls_in_calls, 1U);
  EXPECT_GE(seen.longest_turn, 100ms);
  EXPECT_EQ(seen.cq_overflow, 0U);
}

} // namespace
} // namespace shardbridge::tests
