// Goal: engines are measured in turn, each round beginning with another, and one that does not work is told of once.
// Method: engines that only note when they ran.

#include "common/contest.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

struct fake_round {
  char who;
  double seconds;
  std::uint64_t operations() const { return 1; }
};

struct fake_engine {
  char name;
  fake_round run_round(double seconds) { return {name, seconds}; }
};

struct fake_plan {
  char name;
  bool works = true;
  std::string label() const { return std::string(1, name); }
};

/// A contest of fakes and everything it says.
struct fake_contest {
  fake_contest(std::vector<fake_plan> engines, bool chosen)
      : plans(std::move(engines)),
        measured(
            {.seconds = 1, .rounds = 3, .settings = 2, .engines_chosen = chosen, .quiet = true}, plans,
            [this](const fake_plan&, const fake_round& round) { (round.seconds < 1 ? warm_ups : rounds) += round.who; },
            [this](const std::string& sentence) { remarks.push_back(sentence); }) {}

  auto run() {
    return measured.run("somewhere", [](const fake_plan& plan, std::size_t) {
      if (!plan.works) throw run_failure("no luck");
      return std::make_unique<fake_engine>(plan.name);
    });
  }

  std::vector<fake_plan> plans;
  std::string warm_ups;
  std::string rounds;
  std::vector<std::string> remarks;
  contest<fake_plan, fake_engine> measured;
};

TEST(contest, begins_each_round_with_another_engine) {
  fake_contest tested({{'a'}, {'b'}, {'c'}}, false);
  const auto done = tested.run();
  EXPECT_EQ(tested.warm_ups, "abc");
  EXPECT_EQ(tested.rounds, "abcbcacab");
  ASSERT_EQ(done.size(), 3U);
  for (const auto& each : done)
    EXPECT_EQ(each.rounds.size(), 3U);
}

TEST(contest, leaves_out_what_does_not_work_and_says_so_once) {
  fake_contest tested({{'a'}, {'b', false}}, false);
  EXPECT_EQ(tested.run().size(), 1U);
  EXPECT_EQ(tested.run().size(), 1U);
  EXPECT_EQ(tested.remarks, (std::vector<std::string>{"engine b is left out: no luck"}));
}

TEST(contest, fails_for_a_chosen_engine_that_does_not_work) {
  fake_contest tested({{'a'}, {'b', false}}, true);
  EXPECT_THROW(tested.run(), run_failure);
}

TEST(contest, fails_when_nothing_works) {
  fake_contest tested({{'a', false}}, false);
  EXPECT_THROW(tested.run(), run_failure);
}

} // namespace
} // namespace shardbridge::bench
