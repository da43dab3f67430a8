// Goal: the log of a level counts each stretch, and tells each change once, in order, by one teller at a time.
// Method: changes at given times.
#include "printers.hpp"

#include <bridge/level_log.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum pressure_level;
using std::chrono::nanoseconds;

std::vector<pressure_level> all_of(level_log& log) {
  std::vector<pressure_level> out;
  while (const auto level = log.fetch())
    out.push_back(*level);
  return out;
}
using levels = std::vector<pressure_level>;

TEST(level_log, counts_how_often_each_level_was_entered) {
  level_log log(0);
  EXPECT_EQ(log.history(0).entered, (std::array<std::uint64_t, 3>{0, 0, 0})) << "a bridge begins at normal";
  for (const pressure_level each : {throttled, suspended, throttled, normal, suspended})
    log.enter(each, 0);
  EXPECT_EQ(log.history(0).entered, (std::array<std::uint64_t, 3>{1, 2, 2}));
}

TEST(level_log, adds_up_how_long_each_level_lasted) {
  level_log log(100);
  log.enter(throttled, 110);
  log.enter(suspended, 130);
  log.enter(normal, 170);
  log.enter(throttled, 171);
  const auto times = [](int first, int second, int third) {
    return std::array{nanoseconds(first), nanoseconds(second), nanoseconds(third)};
  };
  EXPECT_EQ(log.history(171).time, times(11, 20, 40));
  EXPECT_EQ(log.history(180).time, times(11, 29, 40)) << "the present stretch is included";
  EXPECT_EQ(log.history(180).time, times(11, 29, 40)) << "asking changes nothing";
  log.enter(normal, 181);
  EXPECT_EQ(log.history(200).time, times(30, 30, 40));
}

TEST(level_log, has_nothing_to_tell_unless_it_is_observed) {
  level_log log(0);
  log.enter(throttled, 0);
  EXPECT_FALSE(log.take_duty());
  EXPECT_EQ(log.fetch(), std::nullopt);
  log.observe(true);
  EXPECT_FALSE(log.take_duty()) << "what was before is not told";
  log.enter(suspended, 0);
  EXPECT_TRUE(log.take_duty());
  EXPECT_EQ(all_of(log), levels{suspended});
}

TEST(level_log, tells_every_change_once_in_order) {
  level_log log(0);
  log.observe(true);
  for (const pressure_level each : {throttled, normal, throttled, suspended})
    log.enter(each, 0);
  ASSERT_TRUE(log.take_duty());
  EXPECT_EQ(all_of(log), (levels{throttled, normal, throttled, suspended}));
  EXPECT_FALSE(log.take_duty());
  EXPECT_EQ(log.fetch(), std::nullopt);
}

TEST(level_log, has_one_teller_at_a_time) {
  level_log log(0);
  log.observe(true);
  log.enter(throttled, 0);
  ASSERT_TRUE(log.take_duty());
  EXPECT_FALSE(log.take_duty()) << "somebody has it";
  EXPECT_EQ(log.fetch(), throttled);
  EXPECT_FALSE(log.take_duty());
  log.enter(normal, 0);
  EXPECT_FALSE(log.take_duty()) << "he has not found that there is nothing more";
  EXPECT_EQ(log.fetch(), normal);
  EXPECT_EQ(log.fetch(), std::nullopt);
  EXPECT_FALSE(log.take_duty()) << "there is nothing to tell";
  log.enter(throttled, 0);
  EXPECT_TRUE(log.take_duty()) << "a new duty";
}

TEST(level_log, forgets_what_nobody_observes_any_more) {
  level_log log(0);
  log.observe(true);
  log.enter(throttled, 0);
  ASSERT_TRUE(log.take_duty());
  log.enter(normal, 0);
  log.observe(false);
  log.enter(suspended, 0);
  log.observe(true);
  EXPECT_FALSE(log.take_duty()) << "the teller is still at it";
  EXPECT_EQ(log.fetch(), std::nullopt);
  log.enter(normal, 0);
  ASSERT_TRUE(log.take_duty());
  EXPECT_EQ(all_of(log), levels{normal});
}

TEST(level_log, goes_on_with_another_observer) {
  level_log log(0);
  log.observe(true);
  log.enter(throttled, 0);
  ASSERT_TRUE(log.take_duty());
  log.observe(true);
  log.enter(suspended, 0);
  EXPECT_EQ(all_of(log), levels{suspended}) << "what came before is not the next one's";
}

} // namespace
} // namespace shardbridge::detail
