// Goal: operations go to the shard that options, file and bridge name, in that order, and spread where they say so.
// Method: a group of three shards without threads.
#include "bridge_core_fixture.hpp"

#include <set>

namespace shardbridge::detail {
namespace {

class placements : public testing::Test {
 protected:
  std::shared_ptr<counting_core> bridge_with(placement how) {
    return std::make_shared<counting_core>(three, bridge_options{.placement = how});
  }
  static std::uint32_t placed(counting_core& on, const op_options& options, std::size_t own) {
    test_operation op;
    EXPECT_TRUE(on.place(op, options, own));
    return op.shard_index;
  }

  const std::shared_ptr<group_core> three = std::make_shared<group_core>(shard_group_options{.shards = 3});
};

TEST_F(placements, files_are_spread_in_turn) {
  const auto on = bridge_with(placement::by_file);
  EXPECT_EQ(on->shards(), 3U);
  for (const std::size_t expected : {0U, 1U, 2U, 0U})
    EXPECT_EQ(on->next_shard(), expected);
}

TEST_F(placements, a_named_shard_comes_first_then_the_operations_placement_then_the_bridges) {
  const auto by_file = bridge_with(placement::by_file);
  EXPECT_EQ(placed(*by_file, {}, 1), 1U);
  EXPECT_EQ(placed(*by_file, {.shard = 2}, 1), 2U);
  EXPECT_EQ(placed(*by_file, {.shard = 2, .placement = placement::in_turn}, 1), 2U);
  for (const std::uint32_t expected : {0U, 1U, 2U, 0U})
    EXPECT_EQ(placed(*by_file, {.placement = placement::in_turn}, 1), expected);
  const auto in_turn = bridge_with(placement::in_turn);
  for (const std::uint32_t expected : {0U, 1U, 2U, 0U})
    EXPECT_EQ(placed(*in_turn, {}, 1), expected);
  EXPECT_EQ(placed(*in_turn, {.placement = placement::by_file}, 1), 1U);
}

TEST_F(placements, without_a_file_every_shard_has_its_turn_too) {
  const auto on =
      std::make_shared<counting_core>(std::make_shared<group_core>(shard_group_options{.shards = 2}), bridge_options{});
  for (const placement how : {placement::by_file, placement::in_turn, placement::least_loaded})
    for (const std::size_t expected : {0U, 1U, 0U, 1U})
      EXPECT_EQ(on->place(how, on->next_shard()), expected) << static_cast<int>(how);
}

TEST_F(placements, the_least_loaded_is_found_and_equals_share) {
  const auto on = bridge_with(placement::least_loaded);
  three->ports[0].tell_load(5);
  three->ports[1].tell_load(2);
  three->ports[2].tell_load(9);
  for (int times = 0; times < 5; ++times)
    EXPECT_EQ(placed(*on, {}, 0), 1U);
  three->ports[1].tell_load(6);
  EXPECT_EQ(placed(*on, {}, 2), 0U);
  std::set<std::uint32_t> used;
  for (shard_port& each : three->ports)
    each.tell_load(0);
  for (int times = 0; times < 3; ++times)
    used.insert(placed(*on, {}, 0));
  EXPECT_EQ(used.size(), 3U);
}

TEST_F(placements, the_nearest_is_one_of_them_wherever_the_thread_is) {
  const auto on = bridge_with(placement::nearest);
  EXPECT_LT(placed(*on, {}, 0), 3U);
  for (const int cpu : {0, 1, 7, 100'000})
    EXPECT_EQ(three->nearest_to(cpu), static_cast<std::size_t>(cpu) % 3) << "nothing is known of threads";
}

TEST_F(placements, a_shard_that_does_not_exist_is_refused) {
  const auto on = bridge_with(placement::by_file);
  test_operation op;
  EXPECT_FALSE(on->place(op, {.shard = 3}, 0));
  EXPECT_THROW(static_cast<void>(on->make_order(3)), std::invalid_argument);
}

TEST_F(placements, keys_are_spread_and_stay) {
  const auto on = bridge_with(placement::by_file);
  std::array<int, 3> used{};
  for (std::uint64_t key = 0; key < 3000; ++key) {
    const std::size_t shard = on->shard_for_key(key << 12U); // page numbers, as files have them
    ASSERT_LT(shard, 3U);
    ASSERT_EQ(on->shard_for_key(key << 12U), shard);
    ++used[shard];
  }
  for (const int each : used)
    EXPECT_NEAR(each, 1000, 150);
}

} // namespace
} // namespace shardbridge::detail
