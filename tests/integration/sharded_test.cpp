// Goal: each instance of a sharded service lives on its own shard's thread, from its constructor to its destructor,
// also where the group is stopped under it. Method: a service that compares threads, on real shards.
#include "support/answer.hpp"

#include <shardbridge/sharded.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace shardbridge::tests {
namespace {

struct census {
  std::atomic<int> alive = 0, stopped = 0, misplaced = 0;
};

class citizen {
 public:
  citizen(shard& here, census* const& all) : here_(here), all_(*all) { ++all_.alive; }
  citizen(const citizen&) = delete;
  citizen& operator=(const citizen&) = delete;
  ~citizen() {
    check();
    --all_.alive;
  }
  task<> start() {
    check();
    co_await here_.nop();
  }
  task<> stop() {
    check();
    co_await here_.nop();
    ++all_.stopped;
  }
  void count() {
    check();
    ++counted_;
  }
  [[nodiscard]] int counted() const {
    check();
    return counted_;
  }

 private:
  void check() const {
    if (std::this_thread::get_id() != home_) ++all_.misplaced;
  }

  shard& here_;
  census& all_;
  const std::thread::id home_ = std::this_thread::get_id();
  int counted_ = 0;
};

task<> count_everywhere(shard& self, sharded<citizen>& all, int times) {
  for (int each = 0; each < times; ++each)
    co_await all.invoke_on_all(self, [](citizen& one) { one.count(); });
}
task<int> sum(shard& self, sharded<citizen>& all) {
  return all.map_reduce(
      self, [](citizen& one) { return one.counted(); }, 0, std::plus<>());
}

TEST(sharded, instances_stay_on_their_threads) {
  census seen;
  sharded<citizen> cities;
  service all({.shards = 3});
  answer<> started, stopped;
  async_call(
      all.link, 1, [&](shard& self) { return cities.start(self, &seen); }, started.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_FALSE(started.failure);
  EXPECT_EQ(seen.alive, 3);
  std::vector<answer<>> counts(3);
  for (std::size_t from = 0; from < 3; ++from)
    async_call(
        all.link, from, [&](shard& self) { return count_everywhere(self, cities, 100); }, counts[from].handler());
  ASSERT_TRUE(all.finish());
  answer<int> total;
  async_call(
      all.link, 2, [&](shard& self) { return sum(self, cities); }, total.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(total.value, 900);
  async_call(
      all.link, 0, [&](shard& self) { return cities.stop(self); }, stopped.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(stopped.failure);
  EXPECT_EQ(seen.alive, 0);
  EXPECT_EQ(seen.stopped, 3);
  EXPECT_EQ(seen.misplaced, 0);
}

TEST(sharded, instances_end_with_a_group_that_is_stopped_under_them) {
  for (int round = 0; round < 30; ++round) {
    census seen;
    sharded<citizen> cities;
    service all({.shards = 3, .spin = 0us});
    answer<> started, counted;
    async_call(
        all.link, 0, [&](shard& self) { return cities.start(self, &seen); }, started.handler());
    if (round % 3 != 0) {
      ASSERT_TRUE(all.finish());
      ASSERT_FALSE(started.failure);
      async_call(
          all.link, 1, [&](shard& self) { return count_everywhere(self, cities, 1'000'000); }, counted.handler());
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50 * round));
    all.group.stop();
    ASSERT_TRUE(all.finish());
    all.group.join();
    EXPECT_EQ(seen.alive, 0);
    EXPECT_EQ(seen.misplaced, 0);
    if (started.failure) {
      EXPECT_EQ(code_of(started.failure), errc::stopped);
    }
  }
}

} // namespace
} // namespace shardbridge::tests
