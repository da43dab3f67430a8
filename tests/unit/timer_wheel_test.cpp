// Goal: timers fire once, not too early and not late, however many are set and stopped in between. Method: rules one by
// one, and a random run beside a model that sorts them.
#include "seed.hpp"

#include <shard_side/timer_wheel.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr std::int64_t tick = 1 << 14;
constexpr std::int64_t start = 1'000 * tick + 5;

class test_timer final : public timer {
 public:
  void fire() noexcept override {
    ++fired;
    if (on_fire) on_fire();
  }
  void shard_stops() noexcept override {
    ++told;
    if (on_stop) on_stop();
  }

  int fired = 0;
  int told = 0;
  std::function<void()> on_fire, on_stop;
};

class timer_wheel_test : public testing::Test {
 public:
  test_timer& set(std::int64_t at) {
    test_timer& made = timers.emplace_back();
    made.at = at;
    wheel.set(made);
    return made;
  }
  /// As the loop does until then: advances whenever it is wanted.
  void run_until(std::int64_t end) {
    for (std::int64_t next = wheel.next(); next <= end; next = wheel.next()) {
      wheel.advance(std::max(next, now));
      now = std::max(next, now);
      ASSERT_LT(++advances, 1000) << "it never rests";
    }
    wheel.advance(now = end);
  }

  std::deque<test_timer> timers;
  timer_wheel wheel{start};
  std::int64_t now = start;
  int advances = 0;
};

TEST_F(timer_wheel_test, without_timers_wants_nothing) {
  EXPECT_EQ(wheel.next(), never);
  wheel.advance(start + 1'000'000'000);
  EXPECT_EQ(wheel.next(), never);
}

TEST_F(timer_wheel_test, fires_within_a_tick_whatever_the_distance) {
  for (std::int64_t distance = 1; distance < never / 8; distance *= 3) {
    const std::int64_t at = now + distance;
    const test_timer& one = set(at);
    run_until(at - 1);
    EXPECT_EQ(one.fired, 0) << distance;
    run_until(at + tick);
    EXPECT_EQ(one.fired, 1) << distance;
    EXPECT_EQ(wheel.size(), 0U);
  }
  EXPECT_LT(advances, 40 * 9) << "a timer comes to a finer wheel, and that is all";
}

TEST_F(timer_wheel_test, fires_what_is_over_at_the_next_advance) {
  const test_timer& past = set(start - tick);
  const test_timer& long_past = set(0);
  const test_timer& before_the_clock = set(before_all + 1);
  EXPECT_LE(wheel.next(), start);
  wheel.advance(start);
  EXPECT_EQ(past.fired + long_past.fired + before_the_clock.fired, 3);
}

TEST_F(timer_wheel_test, can_wait_for_ever) {
  const test_timer& endless = set(never);
  wheel.advance(start + 1'000'000'000'000'000);
  EXPECT_EQ(endless.fired, 0);
  EXPECT_GT(wheel.next(), start);
  EXPECT_EQ(wheel.size(), 1U);
}

TEST_F(timer_wheel_test, fires_in_the_order_of_the_ticks) {
  std::vector<int> order;
  const std::array<std::int64_t, 5> ticks{700, 3, 65, 5000, 3};
  for (std::size_t each = 0; each < ticks.size(); ++each)
    set(start + ticks[each] * tick).on_fire = [&order, each] { order.push_back(static_cast<int>(each)); };
  wheel.advance(start + 10'000 * tick);
  EXPECT_EQ(order, (std::vector{1, 4, 2, 0, 3}));
}

TEST_F(timer_wheel_test, forgets_what_is_stopped) {
  test_timer& stopped = set(start + 100 * tick);
  const test_timer& other = set(start + 100 * tick);
  test_timer& due = set(start);
  wheel.stop(stopped);
  wheel.stop(stopped);
  wheel.stop(due);
  EXPECT_EQ(wheel.size(), 1U);
  run_until(start + 200 * tick);
  EXPECT_EQ(stopped.fired + due.fired, 0);
  EXPECT_EQ(other.fired, 1);
  wheel.stop(stopped);
  EXPECT_EQ(wheel.next(), never);
}

TEST_F(timer_wheel_test, lets_timers_set_themselves_again_and_stop_others) {
  test_timer& victim = set(start + 2 * tick);
  test_timer& periodic = set(start + 2 * tick);
  wheel.stop(victim);
  wheel.set(victim); // behind the other
  periodic.on_fire = [&] {
    wheel.stop(victim);
    periodic.at += 10 * tick;
    if (periodic.fired < 5) wheel.set(periodic);
  };
  run_until(start + 1000 * tick);
  EXPECT_EQ(periodic.fired, 5);
  EXPECT_EQ(victim.fired, 0);
}

TEST_F(timer_wheel_test, is_not_kept_by_timers_that_are_always_due) {
  test_timer& restless = set(start - tick);
  restless.on_fire = [&] { wheel.set(restless); };
  wheel.advance(start);
  EXPECT_EQ(restless.fired, 1) << "once an advance";
  EXPECT_LE(wheel.next(), start);
  wheel.advance(start + 5000 * tick);
  EXPECT_EQ(restless.fired, 2);
  wheel.stop(restless);
}

TEST_F(timer_wheel_test, does_not_fire_a_crowd_at_once) {
  constexpr std::size_t crowd = 5000;
  const std::int64_t at = start + 100'000 * tick;
  for (std::size_t each = 0; each < crowd; ++each)
    set(at);
  const auto fired = [&] { return crowd - wheel.size(); };
  wheel.advance(at + tick);
  EXPECT_LE(fired(), 1024U);
  int advances_needed = 1;
  for (std::size_t before = fired(); wheel.size() > 0; before = fired(), ++advances_needed) {
    EXPECT_LE(wheel.next(), at + tick) << "it is wanted at once";
    wheel.advance(at + tick);
    EXPECT_LE(fired() - before, 1024U);
    ASSERT_LT(advances_needed, 40);
  }
  for (const test_timer& each : timers)
    EXPECT_EQ(each.fired, 1);
}

TEST_F(timer_wheel_test, lets_timers_be_set_and_stopped_in_the_middle_of_a_crowd) {
  constexpr std::size_t crowd = 3000;
  const std::int64_t at = start + 100'000 * tick;
  for (std::size_t each = 0; each < crowd; ++each)
    set(at);
  wheel.advance(at + tick);
  ASSERT_GT(wheel.size(), 0U);
  const test_timer& meanwhile = set(at + 2 * tick);
  for (test_timer& each : timers)
    if (&each != &meanwhile) wheel.stop(each);
  EXPECT_EQ(wheel.size(), 1U);
  run_until(at + 4 * tick);
  EXPECT_EQ(meanwhile.fired, 1);
}

TEST_F(timer_wheel_test, tells_all_of_a_stop) {
  for (const std::int64_t distance : {0, 1, 100, 10'000, 10'000'000})
    set(start + distance * tick);
  timers[2].on_stop = [&] { wheel.stop(timers[2]); };
  wheel.shard_stops();
  for (const test_timer& each : timers)
    EXPECT_EQ(each.told, 1);
  EXPECT_EQ(wheel.size(), 4U);
}

TEST_F(timer_wheel_test, agrees_with_a_sorted_list) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  std::set<test_timer*> pending;
  const auto distance = [&] { return static_cast<std::int64_t>(random.roll(std::size_t{1} << random.roll(45))); };
  for (int step = 0; step < 20'000; ++step) {
    switch (random.roll(4)) {
    case 0:
    case 1:
      pending.insert(&set(now + distance() - 100));
      break;
    case 2:
      if (!pending.empty()) {
        const auto chosen = std::next(pending.begin(), static_cast<std::ptrdiff_t>(random.roll(pending.size())));
        wheel.stop(**chosen);
        pending.erase(chosen);
      }
      break;
    default:
      now += distance() / 16;
      for (wheel.advance(now); wheel.next() <= now;)
        wheel.advance(now);
      std::erase_if(pending, [&](test_timer* each) {
        if (each->at + tick <= now) {
          EXPECT_EQ(each->fired, 1) << "late";
        }
        if (each->at > now) {
          EXPECT_EQ(each->fired, 0) << "early";
        }
        return each->fired > 0;
      });
    }
    ASSERT_EQ(wheel.size(), pending.size());
    std::int64_t first = never;
    for (const test_timer* const each : pending)
      first = std::min(first, each->at);
    ASSERT_LE(wheel.next(), first < never - tick ? first + tick : never) << "it would oversleep";
    if (HasFailure()) return;
  }
  for (test_timer* const each : pending)
    wheel.stop(*each);
  for (const test_timer& each : timers)
    EXPECT_LE(each.fired, 1);
}

} // namespace
} // namespace shardbridge::detail
