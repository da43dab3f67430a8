// Goal: one in so many is picked, of any pattern and on any thread, and 0 and 1 mean none and all.
// Method: counts of picks. A thread's generator begins alike in each run, so that the counts are nearly so.
#include <bridge/chance.hpp>

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

int picks(const chance& of, int asked) {
  int out = 0;
  for (int each = 0; each < asked; ++each)
    out += of.comes() ? 1 : 0;
  return out;
}

TEST(chance, of_none_and_of_all_are_exact) {
  EXPECT_EQ(picks(chance(0), 10'000), 0);
  EXPECT_EQ(picks(chance(1), 10'000), 10'000);
  EXPECT_LE(picks(chance(UINT32_MAX), 10'000), 1);
}

// The bounds of this and of the next are more than six standard deviations away.
TEST(chance, of_one_in_so_many_picks_so_many) {
  for (const int one_in : {2, 3, 10, 64, 100}) {
    const double expected = 1e6 / one_in;
    EXPECT_NEAR(picks(chance(static_cast<std::uint32_t>(one_in)), 1'000'000), expected, expected / 10) << one_in;
  }
}

TEST(chance, does_not_keep_step_with_a_pattern_or_with_other_owners) {
  const chance often(64);
  const chance seldom(1'000'000);
  int odd = 0;
  int even = 0;
  for (int each = 0; each < 500'000; ++each) {
    odd += often.comes() ? 1 : 0;
    static_cast<void>(seldom.comes());
    even += often.comes() ? 1 : 0;
  }
  EXPECT_NEAR(odd, 7812, 781);
  EXPECT_NEAR(even, 7812, 781);
}

TEST(chance, picks_other_ones_on_each_thread) {
  std::vector<std::vector<int>> picked(2);
  for (std::vector<int>& mine : picked) {
    std::thread([&] {
      const chance one_in_64(64);
      for (int each = 0; each < 10'000; ++each)
        if (one_in_64.comes()) mine.push_back(each);
    }).join();
    EXPECT_FALSE(mine.empty());
  }
  EXPECT_NE(picked[0], picked[1]);
}

} // namespace
} // namespace shardbridge::detail
