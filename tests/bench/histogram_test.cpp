// Goal: a histogram's quantiles are within one percent of the exact ones, and merging loses nothing.
// Method: every bucket's bounds, then random values of all magnitudes beside a sorted list. The seed is fixed.

#include "common/histogram.hpp"
#include "common/random.hpp"
#include "common/statistics.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

TEST(latency_histogram, buckets_are_contiguous_and_ascending) {
  std::size_t last = 0;
  for (std::uint64_t value = 1; value < 100'000; ++value) {
    const auto bucket = latency_histogram::bucket_of(value);
    EXPECT_TRUE(bucket == last || bucket == last + 1) << value;
    last = bucket;
  }
}

TEST(latency_histogram, middle_is_within_one_percent) {
  random_source random(1);
  for (int i = 0; i != 100'000; ++i) {
    const auto value = random.next() >> (random.below(40) + 24);
    const double middle = latency_histogram::middle_of(latency_histogram::bucket_of(value));
    EXPECT_NEAR(middle, static_cast<double>(value), static_cast<double>(value) * 0.01) << value;
  }
}

TEST(latency_histogram, huge_values_count_as_the_last_bucket) {
  EXPECT_EQ(latency_histogram::bucket_of(~std::uint64_t{0}), latency_histogram::buckets - 1);
  latency_histogram histogram;
  histogram.record(~std::uint64_t{0});
  EXPECT_GT(histogram.quantile(0.5), 1e12);
}

TEST(latency_histogram, quantiles_match_a_sorted_list) {
  random_source random(2);
  latency_histogram one;
  latency_histogram two;
  std::vector<double> exact;
  for (int i = 0; i != 20'001; ++i) {
    const auto value = 1000 + (random.next() >> (random.below(20) + 40));
    (i % 3 == 0 ? one : two).record(value);
    exact.push_back(static_cast<double>(value));
  }
  one.merge(two);
  EXPECT_EQ(one.total(), exact.size());
  std::ranges::sort(exact);
  for (const double q : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double expected = exact[static_cast<std::size_t>(std::ceil(q * static_cast<double>(exact.size()))) - 1];
    EXPECT_NEAR(one.quantile(q), expected, expected * 0.01) << q;
  }
}

TEST(latency_histogram, survives_being_taken_apart) {
  latency_histogram histogram;
  for (const std::uint64_t value : {0U, 1U, 63U, 64U, 1000U, 1000U, 50'000'000U})
    histogram.record(value);
  latency_histogram copy;
  for (const auto& entry : histogram.entries())
    copy.add(entry);
  EXPECT_EQ(copy.total(), 7U);
  for (const double q : {0.1, 0.5, 0.7, 1.0})
    EXPECT_EQ(copy.quantile(q), histogram.quantile(q));
  EXPECT_THROW(copy.add({latency_histogram::buckets, 1}), std::out_of_range);
}

TEST(latency_histogram, is_zero_when_empty) {
  EXPECT_EQ(latency_histogram().quantile(0.99), 0);
}

TEST(spread_of, takes_the_median) {
  const spread odd = spread_of({3, 1, 2});
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.median, 2);
  EXPECT_EQ(odd.max, 3);
  EXPECT_DOUBLE_EQ(odd.relative(), 0.5);
  EXPECT_DOUBLE_EQ(spread_of({4, 1, 2, 3}).median, 2.5);
  EXPECT_DOUBLE_EQ(spread_of({7}).relative(), 0);
  EXPECT_EQ(spread_of({}).max, 0);
  EXPECT_EQ(spread_of({}).relative(), 0);
}

} // namespace
} // namespace shardbridge::bench
