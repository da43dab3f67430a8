// Goal: what is cached is looked for, what is not is left alone but for a look now and then.
// Method: sequences of hits and misses.
#include <shardbridge/detail/hit_rate.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

/// Of so many operations how many are tried, if those that are tried find it as `hits` says.
template <class Hits>
int tried(hit_rate& rate, int operations, Hits hits) {
  int out = 0;
  for (int each = 0; each < operations; ++each) {
    if (!rate.worth_a_look()) continue;
    ++out;
    if (hits(out))
      rate.hit();
    else
      rate.missed();
  }
  return out;
}
constexpr auto always = [](int) { return true; };
constexpr auto never_there = [](int) { return false; };

TEST(hit_rate, begins_with_hope_and_stays_with_what_is_cached) {
  hit_rate rate;
  EXPECT_EQ(tried(rate, 10'000, always), 10'000);
}

TEST(hit_rate, gives_up_on_what_is_not_cached_but_for_a_look_now_and_then) {
  hit_rate rate;
  const int looks = tried(rate, 3'200, never_there);
  EXPECT_GE(looks, 100);
  EXPECT_LE(looks, 130) << "one in 32, and about 20 until it has given up";
}

TEST(hit_rate, finds_out_that_a_file_has_become_cached) {
  hit_rate rate;
  tried(rate, 10'000, never_there);
  EXPECT_GE(tried(rate, 2'000, always), 1'000);
  EXPECT_EQ(tried(rate, 100, always), 100);
}

TEST(hit_rate, half_of_it_is_worth_every_look) {
  hit_rate rate;
  EXPECT_EQ(tried(rate, 1'000, [](int look) { return look % 2 == 0; }), 1'000);
}

TEST(hit_rate, one_in_ten_is_not) {
  hit_rate rate;
  EXPECT_LE(tried(rate, 10'000, [](int look) { return look % 10 == 0; }), 3'000);
}

} // namespace
} // namespace shardbridge::detail
