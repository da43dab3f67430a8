// Goal: shards are spread over the CPUs as the options say.
// Method: a table for the choice; the pin itself on a thread of its own.
#include <shard_side/cpus.hpp>

#include <cstdint>
#include <ostream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

namespace shardbridge::detail {
namespace {

struct row {
  const char* what;
  bool pin;
  std::vector<int> named, order;
  std::vector<std::optional<int>> expected; ///< shard by shard
};

std::ostream& operator<<(std::ostream& out, const row& each) {
  return out << each.what;
}

class cpu_for_shard : public testing::TestWithParam<row> {};

TEST_P(cpu_for_shard, is_as_the_options_say) {
  shard_group_options options;
  options.pin = GetParam().pin;
  options.cpus = GetParam().named;
  for (std::size_t shard = 0; shard < GetParam().expected.size(); ++shard)
    EXPECT_EQ(cpu_for(shard, options, GetParam().order), GetParam().expected[shard]) << "shard " << shard;
}

INSTANTIATE_TEST_SUITE_P(every, cpu_for_shard,
                         testing::Values(row{"in the order of the machine", true, {}, {5, 1, 0}, {5, 1, 0, 5}},
                                         row{"one only", true, {}, {3}, {3, 3}},
                                         row{"none known", true, {}, {}, {std::nullopt}},
                                         row{"named ones in their order", true, {4, 2}, {0, 2, 4}, {4, 2, 4}},
                                         row{"not pinned", false, {}, {0, 1}, {std::nullopt, std::nullopt}},
                                         row{"not pinned in spite of names", false, {1}, {0, 1}, {std::nullopt}}));

struct machine {
  const char* what;
  std::vector<int> allowed, cores, expected;
};

std::ostream& operator<<(std::ostream& out, const machine& each) {
  return out << each.what;
}

class pinning_order_of : public testing::TestWithParam<machine> {};

TEST_P(pinning_order_of, takes_cores_before_their_second_cpus) {
  EXPECT_EQ(pinning_order(GetParam().allowed, GetParam().cores), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    every, pinning_order_of,
    testing::Values(machine{"without siblings", {0, 1, 2}, {0, 1, 2}, {2, 1, 0}},
                    machine{"siblings side by side", {0, 1, 2, 3}, {0, 0, 2, 2}, {3, 1, 2, 0}},
                    machine{"siblings half the machine apart", {0, 1, 2, 3}, {0, 1, 0, 1}, {3, 2, 1, 0}},
                    machine{
                        "four to a core", {0, 1, 2, 3, 4, 5, 6, 7}, {0, 0, 0, 0, 4, 4, 4, 4}, {7, 3, 6, 2, 5, 1, 4, 0}},
                    machine{"only some allowed", {0, 1, 3}, {0, 0, 2, 2}, {3, 1, 0}},
                    machine{"given in any order", {2, 0, 1}, {0, 1, 2}, {2, 1, 0}},
                    machine{"nothing known of cores", {0, 1}, {}, {1, 0}}, machine{"none allowed", {}, {0, 1}, {}}));

TEST(cpus, pin_a_thread_where_it_may_run) {
  const std::vector<int> allowed = allowed_cpus();
  ASSERT_FALSE(allowed.empty());
  std::thread([&] {
    EXPECT_TRUE(pin_this_thread(allowed.back()));
    EXPECT_EQ(::sched_getcpu(), allowed.back());
    EXPECT_EQ(allowed_cpus(), std::vector<int>{allowed.back()});
    EXPECT_FALSE(pin_this_thread(CPU_SETSIZE - 1)) << "no machine has that many";
  }).join();
}

} // namespace
} // namespace shardbridge::detail
