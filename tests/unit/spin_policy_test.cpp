// Goal: looks again only where it pays, never longer than the limit, and finds back to it after a time when it did not.
// Method: waits of chosen lengths; every answer of the policy is looked at.
#include <bridge/spin_policy.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr std::int64_t limit = 50'000;
constexpr std::int64_t brief = 5'000; ///< what a wake costs

/// A wait that lasts `length`, by one who does as he is told. True: he looked, and found it looking.
bool wait(spin_policy& policy, std::int64_t length, std::size_t outstanding = 1, std::size_t came = 1) {
  const std::int64_t allowance = policy.allowance(outstanding);
  EXPECT_TRUE(allowance == 0 || allowance == brief || allowance == limit);
  if (length < allowance) {
    policy.hit(length, came, outstanding);
    return true;
  }
  if (allowance > 0)
    policy.missed(allowance);
  else
    policy.slept();
  return false;
}

/// Hits among so many waits.
int hits(spin_policy& policy, int waits, std::int64_t length, std::size_t outstanding = 1, std::size_t came = 1) {
  int out = 0;
  for (int each = 0; each < waits; ++each)
    out += wait(policy, length, outstanding, came);
  return out;
}

TEST(spin_policy, never_looks_with_a_limit_of_zero) {
  spin_policy policy(0);
  for (int each = 0; each < 5000; ++each) {
    ASSERT_EQ(policy.allowance(1), 0);
    policy.slept();
  }
}

TEST(spin_policy, looks_from_the_start_and_as_long_as_it_pays) {
  spin_policy policy(limit);
  EXPECT_EQ(hits(policy, 1000, 500), 1000);
  EXPECT_EQ(hits(policy, 1000, limit - 1), 1000);
}

TEST(spin_policy, forgives_one_long_sleep) {
  spin_policy policy(limit);
  hits(policy, 100, 500);
  EXPECT_FALSE(wait(policy, 10'000'000'000));
  EXPECT_EQ(hits(policy, 100, 500), 100);
}

TEST(spin_policy, stops_looking_where_waits_are_long_and_tries_ever_more_seldom) {
  spin_policy policy(limit);
  int looks = 0;
  int last = 0;
  for (int sleeps = 1; sleeps <= 20'000; ++sleeps) {
    const bool looks_now = policy.allowance(1) > 0;
    ASSERT_FALSE(wait(policy, 1'000'000));
    if (!looks_now) continue;
    ++looks;
    last = sleeps;
  }
  EXPECT_LT(looks, 40) << "a few until it has learnt, then 16, 32, 64, .. 1024 sleeps apart";
  EXPECT_GT(last, 18'000) << "it goes on trying";
}

TEST(spin_policy, finds_back_by_a_try_that_hits) {
  spin_policy policy(limit);
  hits(policy, 100, 1'000'000);
  ASSERT_EQ(policy.allowance(1), 0);
  int until_hit = 0;
  while (!wait(policy, 500))
    ASSERT_LT(++until_hit, 2000);
  EXPECT_EQ(hits(policy, 100, 500), 100);
}

// Two on one core: whoever looks keeps the other from running, whoever sleeps is answered at once.
TEST(spin_policy, does_not_learn_from_sleeps) {
  spin_policy policy(limit);
  int looks = 0;
  for (int sleeps = 1; sleeps <= 20'000; ++sleeps) {
    if (policy.allowance(1) > 0) {
      ++looks;
      policy.missed(policy.allowance(1));
    } else {
      policy.slept();
    }
  }
  EXPECT_LT(looks, 40);
}

TEST(spin_policy, leaves_a_busy_device_alone) {
  spin_policy policy(limit);
  constexpr std::size_t outstanding = 32;
  // An operation takes 320 us, so one ends every 10: each look would hit, and delay nothing that matters.
  const int hit = hits(policy, 20'000, 10'000, outstanding);
  EXPECT_LT(hit, 60);
  // Where all of them take 16 us it looks again.
  EXPECT_GT(hits(policy, 20'000, 500, outstanding), 17'000);
}

// All of them go to and fro together, in 10 us.
TEST(spin_policy, looks_for_many_that_come_at_once) {
  spin_policy policy(limit);
  EXPECT_EQ(hits(policy, 20'000, 10'000, 32, 32), 20'000);
  EXPECT_LT(hits(policy, 20'000, 10'000, 32, 0), 100) << "a look that ends for nothing counts as for one";
}

// A thousand go round, a few of them at a time: each takes far longer than the limit, but something comes sooner than a
// wake would.
TEST(spin_policy, looks_briefly_for_what_comes_sooner_than_a_wake) {
  spin_policy policy(limit);
  constexpr std::size_t outstanding = 1024;
  EXPECT_EQ(hits(policy, 20'000, 2'000, outstanding, 8), 20'000);
  EXPECT_EQ(policy.allowance(outstanding), brief) << "for no longer";
  // Where it does not, that is learnt again.
  EXPECT_FALSE(wait(policy, 20'000, outstanding, 8));
  EXPECT_EQ(policy.allowance(outstanding), brief);
  EXPECT_LT(hits(policy, 20'000, 20'000, outstanding, 8), 60);
  EXPECT_EQ(policy.allowance(outstanding), 0);
  // A limit below it goes for both.
  spin_policy small(1'000);
  for (int each = 0; each < 1000; ++each) {
    ASSERT_EQ(small.allowance(outstanding), 1'000);
    small.hit(900, 8, outstanding);
  }
}

} // namespace
} // namespace shardbridge::detail
