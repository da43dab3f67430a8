// Goal: an observer of the level is told every change once, in order, one at a time, whatever becomes of the observers
// before it. Method: 20 permits and reads that never end: throttled from 17 on and until below 15, suspended from 19 on
// and until below 17.
#include "support/crowded.hpp"

#include <atomic>
#include <stdexcept>

namespace shardbridge::tests {
namespace {

using enum pressure_level;
using levels = std::vector<pressure_level>;

class pressure_observed : public testing::Test {
 protected:
  auto recorder(levels& into) {
    return [&into](pressure_level now) { into.push_back(now); };
  }
  /// What was posted is run.
  void settle() {
    all.context.restart();
    all.context.poll();
  }

  /// What an observer points to in a test is gone by now.
  void TearDown() override { all.link.on_level_change({}); }

  levels told;
  crowded all;
};

TEST_F(pressure_observed, every_change_is_told_in_order) {
  all.link.on_level_change(recorder(told));
  all.hold(20);
  EXPECT_EQ(told, levels{}) << "never inside the call that changes it";
  settle();
  EXPECT_EQ(told, (levels{throttled, suspended}));
  ASSERT_TRUE(all.end(20));
  settle();
  // A batch may give back so many at once that it passes over throttled.
  ASSERT_GE(told.size(), 3U);
  EXPECT_EQ(told.back(), normal);
  EXPECT_TRUE(told.size() == 3 || (told.size() == 4 && told[2] == throttled));
}

TEST_F(pressure_observed, changes_one_by_one) {
  all.link.on_level_change(recorder(told));
  all.hold(20);
  for (int each = 0; each < 6; ++each)
    ASSERT_TRUE(all.end(1));
  settle();
  EXPECT_EQ(told, (levels{throttled, suspended, throttled, normal}));
}

TEST_F(pressure_observed, the_observer_runs_on_the_bridges_executor) {
  std::thread::id where;
  all.link.on_level_change([&](pressure_level) { where = std::this_thread::get_id(); });
  std::thread([this] { all.hold(17); }).join();
  EXPECT_EQ(where, std::thread::id());
  settle();
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST_F(pressure_observed, an_observer_is_no_work) {
  all.link.on_level_change(recorder(told));
  EXPECT_EQ(all.context.run(), 0U);
}

TEST_F(pressure_observed, another_observer_takes_its_place) {
  levels first;
  all.link.on_level_change(recorder(first));
  all.hold(17);
  settle();
  all.link.on_level_change(recorder(told));
  all.hold(2);
  settle();
  EXPECT_EQ(first, levels{throttled});
  EXPECT_EQ(told, levels{suspended});
}

TEST_F(pressure_observed, an_observer_can_be_removed) {
  const auto kept = std::make_shared<int>();
  all.link.on_level_change([kept, observer = recorder(told)](pressure_level now) { observer(now); });
  all.hold(17);
  settle();
  EXPECT_EQ(kept.use_count(), 2);
  all.link.on_level_change({});
  EXPECT_EQ(kept.use_count(), 1) << "what it holds goes with it";
  all.hold(2);
  settle();
  EXPECT_EQ(told, levels{throttled});
  all.link.on_level_change(recorder(told));
  settle();
  EXPECT_EQ(told, levels{throttled}) << "what changed before is not told";
  ASSERT_TRUE(all.end(5));
  settle();
  EXPECT_EQ(told.back(), normal);
}

TEST_F(pressure_observed, an_observer_can_remove_itself) {
  all.link.on_level_change([this](pressure_level now) {
    told.push_back(now);
    all.link.on_level_change({});
  });
  all.hold(20);
  settle();
  EXPECT_EQ(told, levels{throttled});
}

TEST_F(pressure_observed, what_an_observer_changes_is_told_after_it_returns) {
  bool inside = false;
  all.link.on_level_change([&](pressure_level now) {
    EXPECT_FALSE(std::exchange(inside, true)) << "twice at a time";
    told.push_back(now);
    if (now == throttled) all.hold(2);
    inside = false;
  });
  all.hold(17);
  settle();
  EXPECT_EQ(told, (levels{throttled, suspended}));
}

TEST_F(pressure_observed, what_an_observer_throws_leaves_run_and_the_next_change_is_told) {
  all.link.on_level_change([this](pressure_level now) {
    told.push_back(now);
    if (now == throttled) throw std::runtime_error("from the observer");
  });
  all.hold(20);
  all.context.restart();
  EXPECT_THROW(all.context.poll(), std::runtime_error);
  EXPECT_EQ(told, levels{throttled});
  settle();
  EXPECT_EQ(told, (levels{throttled, suspended}));
  ASSERT_TRUE(all.end(6));
  settle();
  EXPECT_EQ(told.back(), normal);
}

TEST(pressure_observed_by_many, one_at_a_time_on_a_pool) {
  std::atomic<int> inside = 0;
  std::atomic<int> overlapping = 0;
  levels told; // unguarded: one at a time, each after the one before
  shard_group group;
  asio::thread_pool pool(3);
  bridge link(pool, group, {.max_ops = 2});
  link.on_level_change([&](pressure_level now) {
    if (inside.fetch_add(1) > 0) ++overlapping;
    told.push_back(now);
    inside.fetch_sub(1);
  });
  for (int each = 0; each < 2000; ++each)
    async_call(
        link, 0, [](shard&) {}, asio::detached);
  pool.join();
  EXPECT_EQ(overlapping, 0);
  const bridge_stats last = link.stats();
  EXPECT_EQ(told.size(), last.level_entered[0] + last.level_entered[1] + last.level_entered[2]);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front(), suspended);
  for (std::size_t each = 1; each < told.size(); ++each)
    ASSERT_NE(told[each], told[each - 1]) << each;
  EXPECT_EQ(told.back(), normal);
}

TEST(pressure_observed_by_many, an_observer_goes_with_bridge_and_files) {
  const auto kept = std::make_shared<int>();
  {
    service all;
    all.link.on_level_change([kept](pressure_level) {});
    EXPECT_EQ(kept.use_count(), 2);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

} // namespace
} // namespace shardbridge::tests
