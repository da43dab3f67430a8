// Goal: whatever tasks do, and whenever their group is stopped, every call is answered once, every task ends once, and
// no frame is left. Method: threads that call random tasks without pause on small rings, beside reads, while groups
// come and go; what is alive in a task is counted.
#include "stress.hpp"

#include <deque>

namespace shardbridge::tests {
namespace {

/// Begun and ended, on whatever shard, wherever they are destroyed.
struct census {
  std::atomic<std::int64_t> alive = 0;
  std::atomic<std::uint64_t> born = 0;
};

class citizen {
 public:
  explicit citizen(census& all) : all_(all) {
    ++all_.alive;
    ++all_.born;
  }
  ~citizen() { --all_.alive; }
  citizen(const citizen&) = delete;
  citizen& operator=(const citizen&) = delete;

 private:
  census& all_;
};

task<int> wander(shard& self, census& all, std::uint64_t luck) {
  const citizen here(all);
  dice chance(luck);
  int descendants = 1;
  for (std::uint64_t steps = chance.roll(6); steps > 0; --steps) {
    switch (chance.roll(6)) {
    case 0:
      co_await self.yield();
      break;
    case 1:
      if (luck > 1000) descendants += co_await wander(self, all, luck / 30);
      break;
    case 2:
      if (luck > 1000) descendants += co_await self.spawn(wander(self, all, luck / 1000)).join();
      break;
    case 3:
      if (luck > 1000) self.spawn(wander(self, all, luck / 1000)).detach();
      break;
    case 4:
      co_await self.wait_level(pressure_level::normal);
      break;
    default:
      co_await self.nop();
    }
  }
  co_return descendants;
}

TEST(exactly_once_under_stress, a_group_with_tasks_is_stopped) {
  dice chance(seed());
  census all;
  for (const auto end = std::chrono::steady_clock::now() + stress_length; std::chrono::steady_clock::now() < end;) {
    std::atomic<std::uint64_t> initiated = 0, answered = 0, unexpected = 0;
    shard_group group({.shards = 2, .ring_entries = 4, .turn_slice = 10us});
    asio::thread_pool pool(2);
    bridge link(pool, group, {.max_ops = 16, .watermarks = {.throttled = {50, 40}, .suspended = {80, 70}}});
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 2; ++thread)
      threads.emplace_back([&, luck = chance.roll(1'000'000'000)]() mutable {
        for (std::size_t each = 0; each < 50; ++each) {
          ++initiated;
          async_call(
              link, each % 2, [&all, luck, each](shard& self) { return wander(self, all, luck + each); },
              [&](const std::exception_ptr& failed, int descendants) {
                ++answered;
                if (!failed && descendants < 1) ++unexpected;
                if (!failed) return;
                try {
                  std::rethrow_exception(failed);
                } catch (const boost::system::system_error& told) {
                  unexpected += balance::explained(told.code()) ? 0U : 1U;
                } catch (...) {
                  ++unexpected;
                }
              });
        }
      });
    std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(2000)));
    group.stop();
    threads.clear();
    group.join();
    EXPECT_EQ(all.alive, 0) << "a frame is left";
    pool.join();
    EXPECT_EQ(answered, initiated);
    EXPECT_EQ(unexpected, 0U);
    expect_balanced(link.stats());
    for (const shard_stats& each : group.stats())
      EXPECT_EQ(each.tasks, 0U);
  }
  EXPECT_GT(all.born, 0U);
}

} // namespace
} // namespace shardbridge::tests
