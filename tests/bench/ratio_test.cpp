// Goal: a ratio is printed where it is known, and only there. Method: the rule's edges.

#include "common/ratio.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

/// With so much of the median to each side.
spread around(double median, double relative) {
  return {median * (1 - relative), median, median * (1 + relative)};
}

TEST(ratio, of_what_does_not_vary_is_known) {
  const auto ratio = ratio_of(around(90, 0), around(100, 0));
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->value, 0.9);
  EXPECT_DOUBLE_EQ(ratio->uncertainty, 0);
  EXPECT_TRUE(ratio->known);
}

TEST(ratio, is_tolerated_with_a_quarter_of_uncertainty_whatever_it_is) {
  EXPECT_TRUE(ratio_of(around(100, 0.125), around(100, 0.125))->known);
  EXPECT_FALSE(ratio_of(around(100, 0.13), around(100, 0.13))->known);
  EXPECT_DOUBLE_EQ(ratio_of(around(100, 0.125), around(100, 0.25))->uncertainty, 0.375);
}

TEST(ratio, is_known_where_it_lies_further_from_one_than_it_is_uncertain) {
  for (const bool swapped : {false, true}) {
    const auto known = [&](double median, double relative) {
      const spread small = around(100, 0), large = around(median, relative);
      return (swapped ? ratio_of(small, large) : ratio_of(large, small))->known;
    };
    EXPECT_TRUE(known(200, 0.49));
    EXPECT_FALSE(known(200, 0.51));
    EXPECT_FALSE(known(110, 0.3));
    EXPECT_TRUE(known(1000, 0.8));
    EXPECT_FALSE(known(1000, 0.95));
  }
}

TEST(ratio, of_nothing_is_none) {
  EXPECT_FALSE(ratio_of({}, around(1, 0)));
  EXPECT_FALSE(ratio_of(around(1, 0), {}));
}

TEST(ratio_text, says_all_three) {
  EXPECT_EQ(ratio_text(around(90, 0.01), around(100, 0.01)), "0.90");
  EXPECT_EQ(ratio_text(around(90, 0.2), around(100, 0.2)), "~");
  EXPECT_EQ(ratio_text(around(90, 0.2), {}), "-");
}

} // namespace
} // namespace shardbridge::bench
