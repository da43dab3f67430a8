// Goal: every change of the level of pressure is news once, and told once, in order.
// Method: permits taken and given back one by one, and what is told after each.
#include "admission_fixture.hpp"

#include <array>
#include <chrono>
#include <optional>

namespace shardbridge::detail {
namespace {

using enum admission::acquired;
using enum pressure_level;

class admission_changes_test : public admission_level_fixture {};

TEST_F(admission_changes_test, a_change_is_news_once) {
  EXPECT_FALSE(permits.has_news());
  more(16);
  EXPECT_FALSE(permits.has_news());
  more(1);
  EXPECT_TRUE(permits.has_news());
  calmed();
  EXPECT_FALSE(permits.has_news());
  less(2);
  EXPECT_FALSE(permits.has_news()) << "15 are throttled still";
  less(1);
  EXPECT_TRUE(permits.has_news());
}

TEST_F(admission_changes_test, changes_are_told_in_order_by_one) {
  more(20);
  calmed();
  EXPECT_TRUE(on_duty);
  less(20);
  operation_list none;
  EXPECT_FALSE(permits.take_news(none)) << "somebody is at it";
  more(17);
  EXPECT_EQ(told(), (levels{throttled, suspended, normal, throttled}));
  calmed();
  EXPECT_FALSE(on_duty) << "all is told";
}

TEST_F(admission_changes_test, granting_can_change_the_level_back) {
  admission waited_for(bridge_options{.max_ops = 1});
  waited_for.observe_changes(true);
  test_operation& granted_later = make(1);
  ASSERT_EQ(waited_for.acquire(make(1)), taken);
  ASSERT_EQ(waited_for.acquire(granted_later), waiting);
  operation_list out;
  EXPECT_EQ(waited_for.release(1, 1, out), 1U);
  EXPECT_EQ(emptied(out), named{&granted_later});
  EXPECT_EQ(waited_for.level(), suspended);
  operation_list none;
  EXPECT_TRUE(waited_for.take_news(none));
  for (const pressure_level each : {suspended, normal, suspended})
    EXPECT_EQ(waited_for.fetch_change(), each);
  EXPECT_EQ(waited_for.fetch_change(), std::nullopt);
}

TEST_F(admission_changes_test, nothing_is_told_when_nobody_observes) {
  permits.observe_changes(false);
  more(20);
  EXPECT_TRUE(permits.has_news()) << "somebody may wait for a level";
  calmed();
  EXPECT_FALSE(on_duty);
  EXPECT_EQ(told(), levels{});
}

TEST_F(admission_changes_test, the_history_counts_and_measures) {
  const auto begin = std::chrono::steady_clock::now();
  more(20);
  less(20);
  more(17);
  const level_history seen = permits.history();
  EXPECT_EQ(seen.entered, (std::array<std::uint64_t, 3>{1, 2, 1}));
  EXPECT_LE(seen.time[1] + seen.time[2], std::chrono::steady_clock::now() - begin);
  EXPECT_GT(permits.history().time[1], seen.time[1]) << "the present stretch goes on";
}

} // namespace
} // namespace shardbridge::detail
