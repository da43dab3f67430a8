// Goal: any thread may initiate, however short it lives, and no wake is lost between threads that wait for each other's
// answers. Method: thousands of threads that make one operation each and end; threads that each wait for every answer.
#include "stress.hpp"

#include <future>

namespace shardbridge::tests {
namespace {

TEST(no_lost_wake_under_stress, thousands_of_short_lived_initiating_threads) {
  seed();
  balance counted;
  shard_group group({.shards = 2});
  asio::thread_pool pool(2);
  bridge link(pool, group);
  for (int round = 0; round < 250; ++round) {
    std::vector<std::jthread> threads;
    for (std::size_t each = 0; each < 8; ++each)
      threads.emplace_back([&, each] {
        async_call(
            link, each % 2, [](shard&) {},
            [count = counted.handler()](const std::exception_ptr&) mutable { count(error_code()); });
      });
  }
  pool.join();
  counted.expect_even();
  EXPECT_EQ(counted.answered, 2000U);
}

// Both sides go to sleep and are woken at every step; a single lost wake is a thread that waits for ever.
TEST(no_lost_wake_under_stress, threads_that_wait_for_every_answer) {
  const std::uint64_t first = seed();
  balance counted;
  shard_group group({.shards = 2});
  asio::thread_pool pool(2);
  bridge link(pool, group);
  std::vector<std::jthread> threads;
  for (std::uint64_t each = 0; each < 3; ++each)
    threads.emplace_back([&, each] {
      dice chance(first + each);
      for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
        ++counted.initiated;
        auto index = async_call(
            link, chance.roll(2), [](const shard& on) { return on.index(); }, asio::use_future);
        if (index.wait_for(patience) != std::future_status::ready) {
          ++counted.unexpected;
          return;
        }
        ++counted.answered;
        for (std::uint64_t pause = chance.roll(200); pause > 0; --pause)
          std::atomic_signal_fence(std::memory_order_seq_cst);
      }
    });
  threads.clear();
  pool.join();
  counted.expect_even();
}

} // namespace
} // namespace shardbridge::tests
