// Goal: shards are spread over the CPUs as the options say.
// Method: a table for the choice; the pin itself on a thread of its own.
#include <shard_side/cpus.hpp>

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
  std::vector<int> named, allowed;
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
    EXPECT_EQ(cpu_for(shard, options, GetParam().allowed), GetParam().expected[shard]) << "shard " << shard;
}

INSTANTIATE_TEST_SUITE_P(every, cpu_for_shard,
                         testing::Values(row{"the last first", true, {}, {0, 1, 5}, {5, 1, 0, 5}},
                                         row{"one only", true, {}, {3}, {3, 3}},
                                         row{"none known", true, {}, {}, {std::nullopt}},
                                         row{"named ones in their order", true, {4, 2}, {0, 2, 4}, {4, 2, 4}},
                                         row{"not pinned", false, {}, {0, 1}, {std::nullopt, std::nullopt}},
                                         row{"not pinned in spite of names", false, {1}, {0, 1}, {std::nullopt}}));

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
