// Goal: what is asked of `handoff` becomes the settings it means, or is refused with a sentence that names the option.
// Method: texts and what they are parsed to.

#include "handoff/engine_plans.hpp"
#include "handoff/options.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

TEST(handoff_options, every_combination_is_a_setting) {
  handoff_texts texts;
  texts.depth = "1,128";
  texts.producers = "2,64";
  texts.shards = "1,2";
  const auto settings = parse_options(texts).settings();
  ASSERT_EQ(settings.size(), 8U);
  EXPECT_EQ(settings[0].depth, 1U);
  EXPECT_EQ(settings[1].depth, 128U);
  EXPECT_EQ(settings[1].producers, 2U);
  EXPECT_EQ(settings[2].producers, 64U);
  EXPECT_EQ(settings[3].shards, 1U);
  EXPECT_EQ(settings[4].shards, 2U);
}

TEST(handoff_options, spin_is_the_librarys_unless_it_is_given) {
  handoff_texts texts;
  EXPECT_EQ(parse_options(texts).base.spin, bridge_options().spin);
  texts.spin_us = "0";
  EXPECT_EQ(parse_options(texts).base.spin, 0ns);
  texts.spin_us = "20";
  EXPECT_EQ(parse_options(texts).base.spin, 20us);
}

TEST(handoff_options, nonsense_is_refused) {
  struct bad_case {
    std::string handoff_texts::*option;
    const char* text;
    const char* sentence;
  };
  for (const auto& [option, text, sentence] :
       {bad_case{&handoff_texts::depth, "0", "--depth '0' must be at least 1"},
        {&handoff_texts::depth, "1,x", "--depth 'x' is not a whole number"},
        {&handoff_texts::depth, "65537", "--depth '65537' must be at most 65536"},
        {&handoff_texts::producers, "1,0", "--producers '0' must be at least 1"},
        {&handoff_texts::producers, "-2", "--producers '-2' must not be negative"},
        {&handoff_texts::producers, "5000", "--producers '5000' must be at most 4096"},
        {&handoff_texts::shards, "0", "--shards '0' must be at least 1"},
        {&handoff_texts::client_threads, "0", "--client-threads '0' must be at least 1"},
        {&handoff_texts::spin_us, "20us", "--spin-us '20us' is not a whole number"},
        {&handoff_texts::spin_us, "1000001", "--spin-us '1000001' must be at most 1000000"},
        {&handoff_texts::seconds, "0", "--seconds '0' must be more than 0"},
        {&handoff_texts::rounds, "0", "--rounds '0' must be at least 1"},
        {&handoff_texts::engines, "post,", "--engine 'post,' has an empty entry"}}) {
    handoff_texts texts;
    texts.*option = text;
    EXPECT_EQ(sentence_of([&] { parse_options(texts); }), sentence);
  }
  EXPECT_EQ(sentence_of([] {
              plan_handoff({"bridge", "warp"});
            }),
            "--engine 'warp' is unknown; there are bridge, call, post, pool, channel, design-wake-each, "
            "design-locked-queue and design-shared-ring");
}

TEST(handoff_plans, are_one_for_each_name) {
  const auto plans = plan_handoff({"post", "bridge", "post"});
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].label(), "post");
  EXPECT_EQ(plans[1].label(), "bridge");
}

TEST(handoff_setting, producers_share_the_depth_and_each_has_one_operation_at_least) {
  handoff_setting what{.depth = 128, .producers = 64};
  EXPECT_EQ(what.share(), 2U);
  EXPECT_EQ(what.outstanding(), 128U);
  what.depth = 1;
  EXPECT_EQ(what.share(), 1U);
  EXPECT_EQ(what.outstanding(), 64U);
  what = {.depth = 128, .producers = 3};
  EXPECT_EQ(what.outstanding(), 126U);
}

TEST(handoff_setting, clients_and_shards_are_apart_where_there_is_room) {
  using cpu_list = std::vector<int>;
  const auto one = place({.shards = 1}, {0, 1});
  EXPECT_EQ(one.shards, (cpu_list{1}));
  EXPECT_EQ(one.clients, (cpu_list{0}));
  const auto two = place({.shards = 2}, {0, 1});
  EXPECT_EQ(two.shards, (cpu_list{1, 0}));
  EXPECT_EQ(two.clients, (cpu_list{0, 1}));
  const auto many = place({.shards = 2}, {2, 3, 5, 7});
  EXPECT_EQ(many.shards, (cpu_list{7, 5}));
  EXPECT_EQ(many.clients, (cpu_list{2, 3}));
  const auto alone = place({.shards = 2}, {4});
  EXPECT_EQ(alone.shards, (cpu_list{4, 4}));
  EXPECT_EQ(alone.clients, (cpu_list{4}));
  const auto same = place({.shards = 2, .same_core = true}, {0, 1, 2});
  EXPECT_EQ(same.shards, (cpu_list{2, 2}));
  EXPECT_EQ(same.clients, (cpu_list{2}));
}

} // namespace
} // namespace shardbridge::bench
