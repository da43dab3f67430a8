// Goal: a slice ends when its time is over, and the clock is looked at after everything that is long and seldom while
// things are short. Method: things of given lengths.
#include <shard_side/turn_slice.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

/// Runs things of `length` until the slice is over: how many, and after how many looks.
struct usage {
  std::int64_t things = 0;
  std::int64_t looks = 0;
};
usage use(std::int64_t slice_length, std::int64_t length) {
  usage out;
  std::int64_t now = 1'000'000;
  turn_slice slice(now, slice_length);
  for (;;) {
    now += length;
    ++out.things;
    if (!slice.ran()) continue;
    ++out.looks;
    if (!slice.goes_on(now)) return out;
  }
}

TEST(turn_slice, looks_after_each_that_is_long) {
  const usage seen = use(100'000, 20'000);
  EXPECT_EQ(seen.things, 5);
  EXPECT_EQ(seen.looks, 5);
}

TEST(turn_slice, of_one_that_is_longer_than_it_ends_behind_that) {
  EXPECT_EQ(use(100'000, 1'000'000).things, 1);
}

TEST(turn_slice, looks_seldom_while_things_are_short) {
  const usage seen = use(100'000, 50);
  EXPECT_GE(seen.things, 2'000);
  EXPECT_LE(seen.things, 2'016) << "over by one stride at most";
  EXPECT_LE(seen.looks, seen.things / 15);
}

TEST(turn_slice, looks_again_as_soon_as_something_was_long) {
  turn_slice slice(0, 1'000'000);
  std::int64_t now = 0;
  int unseen = 0;
  for (int each = 0; each < 100; ++each) {
    now += 10;
    unseen = slice.ran() ? 0 : unseen + 1;
    if (unseen > 0) continue;
    EXPECT_TRUE(slice.goes_on(now));
  }
  now += 500'000;
  while (!slice.ran())
    now += 10;
  EXPECT_TRUE(slice.goes_on(now));
  EXPECT_TRUE(slice.ran());
}

} // namespace
} // namespace shardbridge::detail
