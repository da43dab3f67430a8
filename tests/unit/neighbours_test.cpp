// Goal: every CPU has a shard near it.
// Method: machines as tables; this machine's own.
#include <shard_side/neighbours.hpp>

#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using shards = std::vector<std::optional<int>>;
using numbers = std::vector<std::size_t>;

struct machine {
  const char* what;
  shards pinned;
  cpu_domains shared;
  std::size_t cpus;
  numbers expected; ///< CPU by CPU
};

std::ostream& operator<<(std::ostream& out, const machine& each) {
  return out << each.what;
}

class nearest_shard : public testing::TestWithParam<machine> {};

TEST_P(nearest_shard, of_every_cpu) {
  EXPECT_EQ(nearest_shards(GetParam().pinned, GetParam().shared, GetParam().cpus), GetParam().expected);
}

// Two packages of two cores of two threads: 0 and 4 are a core, 0 to 1 and 4 to 5 a package.
const std::vector<int> cores{0, 1, 2, 3, 0, 1, 2, 3};
const std::vector<int> packages{0, 0, 2, 2, 0, 0, 2, 2};

INSTANTIATE_TEST_SUITE_P(
    every, nearest_shard,
    testing::Values(
        machine{"one on each CPU", {1, 0}, {}, 2, {1, 0}}, machine{"one alone", {1}, {}, 3, {0, 0, 0}},
        machine{"not pinned: they share", {std::nullopt, std::nullopt}, {}, 4, {0, 1, 0, 1}},
        machine{"one is not pinned: the CPU of the other is the other's", {std::nullopt, 1}, {}, 4, {0, 1, 0, 1}},
        machine{"one a core: its other thread's too", {0, 1, 2, 3}, {cores}, 8, {0, 1, 2, 3, 0, 1, 2, 3}},
        machine{"one a package", {3, 5}, {cores, packages}, 8, {1, 1, 0, 0, 1, 1, 0, 0}},
        machine{"two in a package share it", {0, 1}, {cores, packages}, 8, {0, 1, 0, 1, 0, 1, 0, 1}},
        machine{"two on one CPU", {0, 0}, {}, 1, {0}},
        machine{"pinned to a CPU that is not known", {9}, {}, 2, {0, 0}}));

TEST(neighbours, of_this_machine_are_themselves_at_least) {
  const cpu_domains shared = domains_of_machine(4);
  ASSERT_FALSE(shared.empty());
  for (const std::vector<int>& each : shared) {
    ASSERT_EQ(each.size(), 4U);
    for (std::size_t cpu = 0; cpu < each.size(); ++cpu)
      EXPECT_LE(each[cpu], static_cast<int>(cpu)) << "the first of those that share";
  }
  EXPECT_EQ(domains_of_machine(10'000).back().back(), 9999) << "a CPU that does not exist shares with nobody";
}

} // namespace
} // namespace shardbridge::detail
