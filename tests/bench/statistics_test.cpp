// Goal: a spread says what its samples say, whatever their number.
// Method: a few samples each.

#include "common/statistics.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

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
