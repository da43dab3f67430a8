// Goal: slow handlers of one batch use all idle threads of the pool, and a strand never runs two at once. (That quick
// ones stay where they are is stepped in tests/unit/bridge_core_test.cpp.) Method: a pool of two threads; handlers that
// note how many others run beside them, and where. They sleep rather than compute, so that the machine's other work
// does not matter.
#include "support/service.hpp"

#include <algorithm>
#include <atomic>

namespace shardbridge::tests {
namespace {

constexpr int batch = 64;

class slow_handlers : public testing::Test {
 protected:
  /// Initiates a whole batch of no-ops whose handlers take a millisecond, and waits for them.
  template <class Executor>
  void run_batch(basic_bridge<asio::thread_pool::executor_type>& on, const Executor& executor) {
    std::atomic<int> called = 0;
    for (int each = 0; each < batch; ++each) {
      async_nop(on, 0, asio::bind_executor(executor, [this, &called](const error_code&) {
                  most = std::max(most.load(), ++running);
                  if (running > 1) ++beside;
                  std::this_thread::sleep_for(1ms);
                  --running;
                  ++called;
                }));
    }
    for (const auto end = std::chrono::steady_clock::now() + patience;
         called < batch && std::chrono::steady_clock::now() < end;)
      std::this_thread::sleep_for(1ms);
    ASSERT_EQ(called, batch);
  }

  std::atomic<int> running{0}, most{0}, beside{0};
  shard_group group;
};

TEST_F(slow_handlers, use_all_threads) {
  asio::thread_pool pool(2);
  basic_bridge link(pool, group);
  for (int times = 0; times < 3; ++times) {
    beside = 0;
    run_batch(link, pool.get_executor());
    // The first of a batch finds out how slow they are, and each of the others has one beside it half of the time.
    EXPECT_GE(beside, batch / 3) << "in batch " << times;
  }
  EXPECT_EQ(most, 2);
  pool.join();
}

TEST_F(slow_handlers, behind_quick_ones) {
  asio::thread_pool pool(2);
  basic_bridge link(pool, group);
  std::atomic<int> quick = 0;
  for (int each = 0; each < 10 * batch; ++each)
    async_nop(link, 0, [&](const error_code&) { ++quick; });
  run_batch(link, pool.get_executor());
  EXPECT_GE(beside, batch / 3);
  pool.join();
  EXPECT_EQ(quick, 10 * batch);
}

TEST_F(slow_handlers, of_two_bridges_on_two_pools_use_the_threads_of_both) {
  asio::thread_pool first(2);
  asio::thread_pool second(2);
  basic_bridge link(first, group);
  basic_bridge other(second, group);
  std::thread beside_it([&] { run_batch(other, second.get_executor()); });
  run_batch(link, first.get_executor());
  beside_it.join();
  EXPECT_GE(most, 3);
  first.join();
  second.join();
}

TEST_F(slow_handlers, bound_to_another_pool_use_its_threads) {
  asio::thread_pool pool(1);
  asio::thread_pool other(2);
  basic_bridge link(pool, group);
  run_batch(link, other.get_executor());
  EXPECT_GE(beside, batch / 3);
  EXPECT_EQ(most, 2);
  pool.join();
  other.join();
}

TEST_F(slow_handlers, of_a_strand_run_one_at_a_time) {
  asio::thread_pool pool(2);
  basic_bridge link(pool, group);
  run_batch(link, asio::make_strand(pool.get_executor()));
  EXPECT_EQ(most, 1);
  pool.join();
}

} // namespace
} // namespace shardbridge::tests
