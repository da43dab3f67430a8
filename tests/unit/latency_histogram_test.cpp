// Goal: a histogram answers as the list of all recorded times would, to within 1/128, and merging loses nothing.
// Method: every bucket's bounds, then random times of all magnitudes beside a sorted list.
#include "seed.hpp"

#include <shardbridge/latency_histogram.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

/// Of all magnitudes that have buckets of their own.
nanoseconds random_time(detail::dice& dice) {
  const std::size_t bits = dice.roll(41);
  return nanoseconds(static_cast<std::int64_t>(dice.roll(std::size_t{1} << bits)));
}

nanoseconds error_bound(nanoseconds exact) {
  return exact / 128;
}

TEST(latency_histogram, buckets_are_contiguous_and_ascending) {
  std::size_t last = 0;
  for (nanoseconds time = 1ns; time < 100us; ++time) {
    const std::size_t bucket = latency_histogram::bucket_of(time);
    ASSERT_TRUE(bucket == last || bucket == last + 1) << time.count();
    last = bucket;
  }
}

TEST(latency_histogram, a_middle_is_in_its_bucket) {
  for (std::size_t bucket = 0; bucket < latency_histogram::buckets; ++bucket)
    ASSERT_EQ(latency_histogram::bucket_of(latency_histogram::middle_of(bucket)), bucket);
}

TEST(latency_histogram, a_middle_is_off_by_no_more_than_it_may) {
  const std::uint64_t seed = detail::test_seed();
  TRACE_SEED(seed);
  detail::dice dice(seed);
  for (int each = 0; each < 100'000; ++each) {
    const nanoseconds time = random_time(dice);
    const nanoseconds middle = latency_histogram::middle_of(latency_histogram::bucket_of(time));
    ASSERT_LE(std::chrono::abs(middle - time), error_bound(time)) << time.count();
  }
}

TEST(latency_histogram, what_is_out_of_range_counts_at_its_end) {
  EXPECT_EQ(latency_histogram::bucket_of(nanoseconds::max()), latency_histogram::buckets - 1);
  EXPECT_EQ(latency_histogram::bucket_of(nanoseconds::min()), 0U);
  latency_histogram histogram;
  histogram.record(nanoseconds::max());
  histogram.record(-1ns);
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  EXPECT_GT(histogram.quantile(1), 18min);
}

TEST(latency_histogram, answers_as_a_sorted_list) {
  const std::uint64_t seed = detail::test_seed();
  TRACE_SEED(seed);
  detail::dice dice(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<latency_histogram> parts(1 + dice.roll(4));
    std::vector<nanoseconds> exact(1 + dice.roll(2000));
    nanoseconds sum{};
    for (nanoseconds& time : exact) {
      time = random_time(dice);
      sum += time;
      parts[dice.roll(parts.size())].record(time);
    }
    std::ranges::sort(exact);
    latency_histogram all;
    for (const latency_histogram& part : parts)
      all.merge(part);

    EXPECT_EQ(all.count(), exact.size());
    EXPECT_LE(std::chrono::abs(all.sum() - sum), error_bound(sum));
    for (const double q : {0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const double rank = std::max(std::ceil(q * static_cast<double>(exact.size())), 1.0);
      const nanoseconds expected = exact[static_cast<std::size_t>(rank) - 1];
      EXPECT_LE(std::chrono::abs(all.quantile(q) - expected), error_bound(expected)) << q;
    }
    for (int each = 0; each < 20; ++each) {
      // No time that is further than the bound from the limit may be on the wrong side.
      const nanoseconds limit = random_time(dice);
      const auto at_most = [&](nanoseconds time) {
        return static_cast<std::uint64_t>(std::ranges::upper_bound(exact, time) - exact.begin());
      };
      EXPECT_GE(all.count_at_most(limit), at_most(limit * 127 / 128 - 1ns)) << limit.count();
      EXPECT_LE(all.count_at_most(limit), at_most(limit * 129 / 128 + 1ns)) << limit.count();
    }
  }
}

TEST(latency_histogram, counts_exactly_below_64_ns) {
  latency_histogram histogram;
  for (nanoseconds time{}; time < 64ns; ++time)
    histogram.record(time);
  for (nanoseconds limit{}; limit < 64ns; ++limit)
    EXPECT_EQ(histogram.count_at_most(limit), static_cast<std::uint64_t>(limit.count()) + 1);
  EXPECT_EQ(histogram.count_at_most(-1ns), 0U);
  EXPECT_EQ(histogram.sum(), 2016ns);
}

TEST(latency_histogram, counts_cumulatively_up_to_all) {
  const std::uint64_t seed = detail::test_seed();
  TRACE_SEED(seed);
  detail::dice dice(seed);
  latency_histogram histogram;
  for (int each = 0; each < 1000; ++each)
    histogram.record(random_time(dice));
  std::uint64_t last = 0;
  for (nanoseconds limit = 1ns; limit < 20min; limit += limit / 50 + 1ns) {
    const std::uint64_t now = histogram.count_at_most(limit);
    EXPECT_GE(now, last);
    last = now;
  }
  EXPECT_EQ(last, histogram.count());
  EXPECT_EQ(histogram.count_at_most(nanoseconds::max()), histogram.count());
}

TEST(latency_histogram, merged_is_as_recorded_together) {
  const std::uint64_t seed = detail::test_seed();
  TRACE_SEED(seed);
  detail::dice dice(seed);
  latency_histogram one;
  latency_histogram other;
  latency_histogram together;
  for (int each = 0; each < 1000; ++each) {
    const nanoseconds time = random_time(dice);
    (dice.one_in(3) ? one : other).record(time);
    together.record(time);
  }
  one.merge(latency_histogram());
  one.merge(other);
  EXPECT_EQ(one, together);
  EXPECT_NE(other, together);
  together.merge(together);
  EXPECT_EQ(together.count(), 2000U);
}

TEST(latency_histogram, survives_being_taken_apart) {
  latency_histogram histogram;
  for (const nanoseconds time : {0ns, 1ns, 63ns, 64ns, 1000ns, 1000ns, 50'000'000ns})
    histogram.record(time);
  latency_histogram copy;
  for (const latency_histogram::entry& each : histogram.entries())
    copy.add(each);
  EXPECT_EQ(copy.count(), 7U);
  EXPECT_EQ(copy, histogram);
  EXPECT_THROW(copy.add({latency_histogram::buckets, 1}), std::out_of_range);
  EXPECT_THROW(copy.add({SIZE_MAX, 0}), std::out_of_range);
  EXPECT_EQ(copy, histogram);
}

void expect_empty(const latency_histogram& histogram) {
  EXPECT_EQ(histogram.count(), 0U); // NOLINT(clang-analyzer-cplusplus.Move): asked of a moved-from one too
  EXPECT_EQ(histogram, latency_histogram());
  EXPECT_EQ(histogram.sum(), 0ns);
  EXPECT_EQ(histogram.quantile(0.99), 0ns);
  EXPECT_EQ(histogram.count_at_most(nanoseconds::max()), 0U);
  EXPECT_TRUE(histogram.entries().empty());
}

TEST(latency_histogram, is_zero_when_empty) {
  latency_histogram histogram;
  expect_empty(histogram);
  histogram.merge(latency_histogram());
  histogram.add({5, 0});
  expect_empty(histogram);
}

TEST(latency_histogram, is_empty_when_moved_from) {
  latency_histogram histogram;
  histogram.record(1us);
  const latency_histogram moved = std::move(histogram);
  EXPECT_EQ(moved.count(), 1U);
  expect_empty(histogram); // NOLINT(bugprone-use-after-move): that is the question
}

TEST(latency_histogram, takes_any_share) {
  latency_histogram histogram;
  histogram.record(10ns);
  histogram.record(20ns);
  for (const double none : {-1.0, 0.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(histogram.quantile(none), 10ns);
  for (const double all : {1.0, 7.0, std::numeric_limits<double>::infinity()})
    EXPECT_EQ(histogram.quantile(all), 20ns);
}

} // namespace
} // namespace shardbridge
