// Goal: what users ask of `wake` is understood, or refused with a sentence that names the option.
// Method: the parser of options on texts, and where threads are put on made-up lists of CPUs.

#include "sentence_of.hpp"
#include "wake/options.hpp"
#include "wake/runner.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::string answer_to(const wake_texts& texts) {
  return sentence_of([&] { parse_options(texts); });
}

TEST(wake_options, defaults_are_the_whole_matrix) {
  const auto options = parse_options(wake_texts{});
  EXPECT_EQ(options.strategies.size(), all_strategies().size());
  EXPECT_EQ(options.states, (std::vector{wake_state::sleeping, wake_state::awake}));
  EXPECT_EQ(options.cores, (std::vector{wake_core::same, wake_core::other}));
  EXPECT_EQ(options.patience, 50us);
  EXPECT_EQ(options.seconds, 0.5);
  EXPECT_EQ(options.rounds, 5U);
}

TEST(wake_options, lists_keep_their_order_and_name_nothing_twice) {
  wake_texts texts;
  texts.strategies = "msg-ring,futex,msg-ring";
  texts.states = "awake,awake";
  texts.cores = "other,same,other";
  const auto options = parse_options(texts);
  ASSERT_EQ(options.strategies.size(), 2U);
  EXPECT_STREQ(options.strategies[0]->name, "msg-ring");
  EXPECT_STREQ(options.strategies[1]->name, "futex");
  EXPECT_EQ(options.states, (std::vector{wake_state::awake}));
  EXPECT_EQ(options.cores, (std::vector{wake_core::other, wake_core::same}));
}

TEST(wake_options, refuses_what_leaves_nothing_to_measure) {
  wake_texts texts;
  texts.strategies = "spin";
  texts.states = "sleeping";
  EXPECT_NE(answer_to(texts).find("there is nothing to measure"), std::string::npos);
  texts.states = "awake";
  EXPECT_EQ(answer_to(texts), "accepted");
  texts.cores = "same";
  EXPECT_NE(answer_to(texts).find("there is nothing to measure"), std::string::npos);
  texts.strategies = "spin,futex";
  EXPECT_EQ(answer_to(texts), "accepted");
}

TEST(cpus_for, keeps_the_first_cpu_free_where_it_can) {
  using pair = std::array<int, 2>;
  EXPECT_EQ(cpus_for(wake_core::same, {0, 1, 5}), (pair{5, 5}));
  EXPECT_EQ(cpus_for(wake_core::other, {0, 1, 5}), (pair{0, 5}));
  EXPECT_EQ(cpus_for(wake_core::same, {3}), (pair{3, 3}));
  EXPECT_EQ(cpus_for(wake_core::other, {3}), std::nullopt);
  EXPECT_EQ(cpus_for(wake_core::same, {}), std::nullopt);
}

} // namespace
} // namespace shardbridge::bench
