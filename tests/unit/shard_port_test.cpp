// Goal: a shard learns of connections that come and go, at the price of one load while none does.
// Method: attach, refresh and detach by hand, then from several threads.
#include <bridge/shard_port.hpp>

#include <thread>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

std::shared_ptr<connection> connect(shard_port& port) {
  return std::make_shared<connection>(wake_pair{port.shared_wake(), std::make_shared<wake_side>()}, 1);
}

TEST(shard_port, tells_of_connections_that_come_and_go) {
  shard_port port;
  shard_port::connections known;
  std::uint64_t version = UINT64_MAX;
  port.refresh(known, version);
  EXPECT_TRUE(known.empty());
  const auto first = connect(port);
  const auto second = connect(port);
  port.attach(first);
  port.attach(second);
  port.refresh(known, version);
  EXPECT_EQ(known, (shard_port::connections{first, second}));
  known.clear();
  port.refresh(known, version);
  EXPECT_TRUE(known.empty()) << "nothing has changed, so nothing was looked at";
  ASSERT_EQ(port.wake().word().try_arm(port.wake().word().observe()), wake_word::armed::asleep);
  port.detach(*first);
  EXPECT_EQ(port.wake().wakes_sent(), 1U) << "a sleeping shard would keep it alive";
  port.refresh(known, version);
  EXPECT_EQ(known, shard_port::connections{second});
}

TEST(shard_port, stops_for_good_and_wakes) {
  shard_port port;
  EXPECT_FALSE(port.stop_requested());
  ASSERT_EQ(port.wake().word().try_arm(port.wake().word().observe()), wake_word::armed::asleep);
  port.request_stop();
  EXPECT_TRUE(port.stop_requested());
  EXPECT_EQ(port.wake().wakes_sent(), 1U);
}

TEST(shard_port, serves_many_threads) {
  shard_port port;
  std::vector<std::thread> threads;
  threads.reserve(2);
  for (int each = 0; each < 2; ++each) {
    threads.emplace_back([&port] {
      for (int round = 0; round < 300; ++round) {
        const auto joined = connect(port);
        port.attach(joined);
        port.detach(*joined);
      }
    });
  }
  shard_port::connections known;
  std::uint64_t version = UINT64_MAX;
  for (int round = 0; round < 300; ++round)
    port.refresh(known, version);
  for (std::thread& each : threads)
    each.join();
  port.refresh(known, version);
  EXPECT_TRUE(known.empty());
}

} // namespace
} // namespace shardbridge::detail
