// Goal: every thread of a team works once a turn, where it should, and what one throws is not lost. Method: teams of a
// few.

#include "common/failure.hpp"
#include "common/thread_team.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

TEST(thread_team, each_does_its_part_of_every_turn) {
  thread_team team(3);
  std::vector<int> done(team.size());
  for (int turn = 1; turn != 100; ++turn) {
    team.run([&](std::size_t i) { ++done[i]; });
    EXPECT_EQ(done, std::vector<int>(3, turn));
  }
}

TEST(thread_team, a_number_is_always_the_same_thread_and_none_is_the_caller) {
  thread_team team(2);
  std::vector<std::thread::id> first(2), second(2);
  team.run([&](std::size_t i) { first[i] = std::this_thread::get_id(); });
  team.run([&](std::size_t i) { second[i] = std::this_thread::get_id(); });
  EXPECT_EQ(first, second);
  EXPECT_NE(first[0], first[1]);
  EXPECT_NE(first[0], std::this_thread::get_id());
}

TEST(thread_team, stays_on_its_cpus) {
  const std::vector<int> usable = usable_cpus();
  thread_team team(usable.size() + 1, usable);
  std::vector<std::vector<int>> found(team.size());
  team.run([&](std::size_t i) { found[i] = usable_cpus(); });
  for (std::size_t i = 0; i != found.size(); ++i)
    EXPECT_EQ(found[i], std::vector<int>{usable[i % usable.size()]});
  EXPECT_EQ(usable_cpus(), usable) << "the caller's are as before";
}

TEST(thread_team, gives_on_what_one_throws_and_works_again) {
  thread_team team(2);
  EXPECT_THROW(team.run([](std::size_t i) {
    if (i == 1) throw run_failure("one");
  }),
               run_failure);
  int done = 0;
  team.run([&](std::size_t i) { done += i == 0 ? 1 : 0; });
  EXPECT_EQ(done, 1);
}

} // namespace
} // namespace shardbridge::bench
