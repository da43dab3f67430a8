// Goal: the level is what the watermarks promise: entered at so many percent by operations or by bytes, left below so
// many by both, and normal with nothing out.
// Method: the exact boundaries; random walks under random marks, compared with the promise written down another way: a
// switch for each mark, thrown by comparisons of percentages without rounding.
#include "printers.hpp"
#include "seed.hpp"

#include <bridge/admission_word.hpp>
#include <bridge/pressure_marks.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum pressure_level;

constexpr std::array all_levels{normal, throttled, suspended};

TEST(pressure_marks, enter_at_85_and_95_percent_of_the_operations) {
  const pressure_marks marks(1000, 1, {});
  EXPECT_EQ(marks.next(normal, 849, 0), normal);
  EXPECT_EQ(marks.next(normal, 850, 0), throttled);
  EXPECT_EQ(marks.next(normal, 949, 0), throttled);
  EXPECT_EQ(marks.next(normal, 950, 0), suspended);
  EXPECT_EQ(marks.next(throttled, 949, 0), throttled);
  EXPECT_EQ(marks.next(throttled, 950, 0), suspended);
}

TEST(pressure_marks, leave_below_85_and_75_percent_of_the_operations) {
  const pressure_marks marks(1000, 1, {});
  EXPECT_EQ(marks.next(suspended, 850, 0), suspended);
  EXPECT_EQ(marks.next(suspended, 849, 0), throttled);
  EXPECT_EQ(marks.next(suspended, 750, 0), throttled);
  EXPECT_EQ(marks.next(suspended, 749, 0), normal);
  EXPECT_EQ(marks.next(throttled, 750, 0), throttled);
  EXPECT_EQ(marks.next(throttled, 749, 0), normal);
}

TEST(pressure_marks, count_bytes_like_operations) {
  const pressure_marks marks(1, 2000, {});
  EXPECT_EQ(marks.next(normal, 0, 1699), normal);
  EXPECT_EQ(marks.next(normal, 0, 1700), throttled);
  EXPECT_EQ(marks.next(throttled, 0, 1899), throttled);
  EXPECT_EQ(marks.next(throttled, 0, 1900), suspended);
  EXPECT_EQ(marks.next(suspended, 0, 1700), suspended);
  EXPECT_EQ(marks.next(suspended, 0, 1699), throttled);
  EXPECT_EQ(marks.next(throttled, 0, 1500), throttled);
  EXPECT_EQ(marks.next(throttled, 0, 1499), normal);
}

TEST(pressure_marks, go_by_whichever_is_fuller) {
  const pressure_marks marks(100, 100, {});
  EXPECT_EQ(marks.next(normal, 84, 85), throttled);
  EXPECT_EQ(marks.next(normal, 85, 84), throttled);
  EXPECT_EQ(marks.next(normal, 84, 84), normal) << "they are not added up";
  EXPECT_EQ(marks.next(throttled, 74, 75), throttled) << "entered by one and held by the other";
  EXPECT_EQ(marks.next(throttled, 75, 74), throttled);
  EXPECT_EQ(marks.next(throttled, 74, 74), normal);
  EXPECT_EQ(marks.next(suspended, 0, 85), suspended);
  EXPECT_EQ(marks.next(suspended, 85, 0), suspended);
}

TEST(pressure_marks, know_no_level_that_a_fraction_of_an_operation_makes) {
  // 85 % of 7 are 5.95, 75 % are 5.25, 95 % are 6.65.
  const pressure_marks marks(7, 100, {});
  EXPECT_EQ(marks.next(normal, 5, 0), normal);
  EXPECT_EQ(marks.next(normal, 6, 0), throttled);
  EXPECT_EQ(marks.next(throttled, 6, 0), throttled);
  EXPECT_EQ(marks.next(throttled, 5, 0), normal) << "5 is below 5.25";
  EXPECT_EQ(marks.next(throttled, 7, 0), suspended);
  EXPECT_EQ(marks.next(suspended, 6, 0), suspended);
  EXPECT_EQ(marks.next(suspended, 5, 0), normal);
}

TEST(pressure_marks, are_exact_at_the_limits) {
  // 85 % of 2^40 - 1 are 934584883608.75.
  const pressure_marks marks(admission_word::ops_limit, admission_word::bytes_limit, {});
  EXPECT_EQ(marks.next(normal, 0, 934584883608), normal);
  EXPECT_EQ(marks.next(normal, 0, 934584883609), throttled);
  EXPECT_EQ(marks.next(normal, admission_word::ops_limit, 0), suspended);
  EXPECT_EQ(marks.next(normal, 0, admission_word::bytes_limit), suspended);
}

TEST(pressure_marks, skip_throttled_where_both_marks_are_one) {
  const pressure_marks marks(100, 100, {.throttled = {50, 40}, .suspended = {50, 40}});
  for (std::uint64_t ops = 0; ops <= 100; ++ops)
    for (const pressure_level before : {normal, suspended})
      EXPECT_NE(marks.next(before, ops, 0), throttled) << ops;
}

/// On at `enter` percent by one of two, off below `leave` percent by both.
class naive_switch {
 public:
  explicit naive_switch(const watermarks::mark& mark) : mark_(mark) {}
  void see(std::uint64_t ops, std::uint64_t max_ops, std::uint64_t bytes, std::uint64_t max_bytes) {
    const auto at_least = [&](unsigned percent) {
      return ops * 100 >= max_ops * percent || bytes * 100 >= max_bytes * percent;
    };
    if (at_least(mark_.enter))
      on_ = true;
    else if (!at_least(mark_.leave))
      on_ = false;
  }
  [[nodiscard]] bool on() const { return on_; }

 private:
  watermarks::mark mark_;
  bool on_ = false;
};

/// Any that a bridge accepts.
watermarks random_marks(dice& random) {
  const auto between = [&](unsigned least, unsigned most) {
    return least + static_cast<unsigned>(random.roll(most - least + 1));
  };
  watermarks out;
  out.throttled.leave = between(1, 100);
  out.throttled.enter = between(out.throttled.leave, 100);
  out.suspended.leave = between(out.throttled.leave, 100);
  out.suspended.enter = between(std::max(out.suspended.leave, out.throttled.enter), 100);
  return out;
}

/// Half of them small, where rounding matters.
std::uint64_t random_limit(dice& random, std::uint64_t largest) {
  return 1 + random.roll(random.one_in(2) ? 12 : largest);
}

/// By one, or anywhere.
std::uint64_t random_step(dice& random, std::uint64_t from, std::uint64_t limit) {
  if (random.one_in(4)) return random.roll(limit + 1);
  if (random.one_in(2)) return std::min(from + 1, limit);
  return from > 0 ? from - 1 : 0;
}

void walk(std::uint64_t seed) {
  dice random(seed);
  const std::uint64_t max_ops = random_limit(random, admission_word::ops_limit);
  const std::uint64_t max_bytes = random_limit(random, admission_word::bytes_limit);
  const watermarks percent = random_marks(random);
  const pressure_marks marks(max_ops, max_bytes, percent);
  naive_switch throttles(percent.throttled);
  naive_switch suspends(percent.suspended);
  pressure_level level = normal;
  std::uint64_t ops = 0;
  std::uint64_t bytes = 0;
  for (int step = 0; step < 100; ++step) {
    ops = random_step(random, ops, max_ops);
    bytes = random_step(random, bytes, max_bytes);
    level = marks.next(level, ops, bytes);
    throttles.see(ops, max_ops, bytes, max_bytes);
    suspends.see(ops, max_ops, bytes, max_bytes);
    ASSERT_EQ(level, suspends.on()    ? suspended
                     : throttles.on() ? throttled
                                      : normal)
        << ops << " of " << max_ops << ", " << bytes << " of " << max_bytes << " bytes";
    ASSERT_EQ(marks.next(level, ops, bytes), level) << "it changes only when something changes";
  }
  for (const pressure_level before : all_levels)
    ASSERT_EQ(marks.next(before, 0, 0), normal);
}

TEST(pressure_marks, do_what_the_watermarks_promise_on_random_walks) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t each = 0; each < 5000 && !testing::Test::HasFailure(); ++each) {
    TRACE_SEED(seed + each);
    walk(seed + each);
  }
}

} // namespace
} // namespace shardbridge::detail
