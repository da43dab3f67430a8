// Goal: lists of settings become every combination of them, and are told apart by what differs. Method: small lists.

#include "results/load_case.hpp"

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
