// Goal: lists of settings become every combination of them, and are told apart by what differs. Method: small lists.

#include "results/load_case.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

TEST(load_case, lists_become_every_combination_with_the_depth_changing_fastest) {
  const auto cases = combine({4096, 8192}, {1, 2}, {1}, {1, 32});
  ASSERT_EQ(cases.size(), 8U);
  EXPECT_EQ(cases[0], (load_case{.block = 4096, .shards = 1, .client_threads = 1, .depth = 1}));
  EXPECT_EQ(cases[1], (load_case{.block = 4096, .shards = 1, .client_threads = 1, .depth = 32}));
  EXPECT_EQ(cases[2], (load_case{.block = 4096, .shards = 2, .client_threads = 1, .depth = 1}));
  EXPECT_EQ(cases[7], (load_case{.block = 8192, .shards = 2, .client_threads = 1, .depth = 32}));
}

TEST(load_case, without_client_threads_there_are_as_many_as_shards) {
  for (const load_case& each : combine({4096}, {1, 2, 4}, {}, {1}))
    EXPECT_EQ(each.client_threads, each.shards);
}

TEST(load_case, an_engine_with_a_thread_for_each_shard_is_measured_once) {
  const auto matrix = combine({4096}, {1, 2, 3}, {1, 2}, {1, 32});
  for (const load_case& each : matrix) {
    const bool like_shards = each.client_threads == each.shards;
    const bool first_of_none = each.shards == 3 && each.client_threads == 1;
    EXPECT_EQ(measures_threads_of_shards(each, matrix), like_shards || first_of_none)
        << each.shards << " shards, " << each.client_threads << " client threads";
  }
}

TEST(load_case, rates_are_combined_with_the_rest) {
  const auto cases = combine({4096}, {1}, {1}, {1, 32}, parse_rates("--rate", "1000,50%"));
  ASSERT_EQ(cases.size(), 4U);
  EXPECT_EQ(cases[1], (load_case{.rate = {.value = 1000}, .depth = 32}));
  EXPECT_EQ(cases[2], (load_case{.rate = {.value = 50, .percent = true}, .depth = 1}));
  EXPECT_EQ(describe(cases[1], cases), "1000 operations a second, depth 32");
  EXPECT_EQ(describe_group(cases[3], cases), "50% of what the first engine does");
}

TEST(offered_rate, is_a_number_or_a_share_or_none) {
  EXPECT_EQ(parse_rates("--rate", ""), (std::vector<offered_rate>{{}}));
  EXPECT_FALSE(parse_rates("--rate", "").front().open());
  EXPECT_EQ(parse_rates("--rate", "7,50%,7"), (std::vector<offered_rate>{{7, false}, {50, true}}));
  for (const offered_rate& each : std::vector<offered_rate>{{}, {7, false}, {50, true}}) {
    const nlohmann::ordered_json json = each;
    EXPECT_EQ(json.get<offered_rate>(), each) << json;
  }
  EXPECT_EQ(nlohmann::ordered_json(offered_rate{50, true}), "50%");
  EXPECT_EQ(nlohmann::ordered_json(offered_rate{}), nullptr);
  for (const char* wrong : {"0", "x", "5,", "0%", "-1", "%", "100000000000", "20000%"})
    EXPECT_NE(sentence_of([&] { parse_rates("--rate", wrong); }).find("--rate"), std::string::npos) << wrong;
}

TEST(load_case, is_described_by_what_differs) {
  const auto depths = combine({4096}, {2}, {2}, {1, 32});
  EXPECT_EQ(describe(depths[1], depths), "depth 32");
  EXPECT_EQ(describe_group(depths[1], depths), "");
  const auto blocks = combine({4096, 1U << 20U}, {1}, {1}, {8});
  EXPECT_EQ(describe(blocks[1], blocks), "blocks of 1 MiB, depth 8");
  const auto shards = combine({4096}, {1, 2}, {1}, {8});
  EXPECT_EQ(describe(shards[1], shards), "2 shards, 1 client thread, depth 8");
  EXPECT_EQ(describe_group(shards[0], shards), "1 shard, 1 client thread");
}

} // namespace
} // namespace shardbridge::bench
