// Goal: an operation runs on the shard that it was placed on, and a sequence keeps the order of what is initiated
// through it on any thread. Method: functions and requests that the shards count.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <mutex>
#include <numeric>

#include <sched.h>

namespace shardbridge::tests {
namespace {

class placed_operations : public testing::Test {
 protected:
  /// How many each shard has taken since it was last asked.
  std::array<std::uint64_t, 2> taken() {
    std::array<std::uint64_t, 2> out{};
    const std::vector<shard_stats> now = all.group.stats();
    for (std::size_t shard = 0; shard < 2; ++shard)
      out[shard] = now[shard].requests - std::exchange(seen[shard], now[shard].requests);
    return out;
  }
  void read(random_access_file& from, const op_options& options = {}) {
    EXPECT_TRUE(
        all.complete([&](auto h) { from.async_read_some_at(0, asio::buffer(buffer), options, h); }).succeeded());
  }
  using counts = std::array<std::uint64_t, 2>;

  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 1000);
  std::string buffer = std::string(100, '\0');
  std::array<std::uint64_t, 2> seen{};
  service all{{.shards = 2}};
  random_access_file file{all.link, path, open_flags::read_only};
};

TEST_F(placed_operations, of_a_file_go_to_its_shard) {
  random_access_file other(all.link, path, open_flags::read_only);
  for (int times = 0; times < 4; ++times)
    read(file);
  const counts first = taken();
  EXPECT_TRUE(first == (counts{4, 0}) || first == (counts{0, 4})) << first[0];
  for (int times = 0; times < 4; ++times)
    read(other);
  const counts second = taken();
  EXPECT_EQ(first[0] + second[0], 4U);
  EXPECT_EQ(first[1] + second[1], 4U);
}

TEST_F(placed_operations, one_file_is_spread_over_all_shards) {
  file.default_options({.placement = placement::in_turn});
  for (int times = 0; times < 10; ++times)
    read(file);
  EXPECT_EQ(taken(), (counts{5, 5}));
  for (int times = 0; times < 3; ++times)
    read(file, {.shard = 1});
  EXPECT_EQ(taken(), (counts{0, 3})) << "a named shard comes first";
}

TEST_F(placed_operations, go_to_the_shard_of_the_cpu_that_the_thread_is_on) {
  ::cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "two shards on one CPU are equally near";
  std::vector<std::size_t> shard_of;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<unsigned>(cpu), &before)) continue;
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(cpu), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    int ran_on = -1;
    async_call(
        all.link, all.link.shard_for(placement::nearest), [](shard&) { return ::sched_getcpu(); },
        [&](const std::exception_ptr& failed, int where) {
          EXPECT_FALSE(failed);
          ran_on = where;
        });
    EXPECT_TRUE(all.finish());
    // The shards are pinned to the last two of them.
    if (ran_on == cpu) shard_of.push_back(static_cast<std::size_t>(cpu));
    static_cast<void>(taken());
    read(file, {.placement = placement::nearest});
    EXPECT_EQ(taken()[all.link.shard_for(placement::nearest)], 1U);
  }
  EXPECT_EQ(shard_of.size(), 2U) << "each shard has a CPU from which it is the nearest, its own";
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

TEST_F(placed_operations, go_to_the_shard_with_less_to_do) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  random_access_file waiting(all.link);
  random_access_file writing(all.link);
  waiting.assign(ends[0]);
  writing.assign(ends[1]);
  outcome later;
  waiting.async_read_some_at(0, asio::buffer(buffer, 1), {.shard = 0}, later.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  static_cast<void>(taken());
  std::vector<outcome> reads(6);
  for (outcome& each : reads) {
    // A shard tells its load in its next turn, which may be later than its replies; until then both are equal, and
    // have turns.
    const auto less = [&] { return all.link.shard_for(placement::least_loaded) == 1; };
    ASSERT_TRUE(all.run_until([&] { return less() && less(); }));
    file.async_read_some_at(0, asio::buffer(buffer), {.placement = placement::least_loaded}, each.handler());
    ASSERT_TRUE(all.run_until([&] { return each.calls == 1; }));
  }
  EXPECT_EQ(taken(), (counts{0, 6}));
  EXPECT_EQ(writing.write_some_at(0, asio::buffer("x", 1)), 1U);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(later.succeeded());
}

TEST_F(placed_operations, of_a_sequence_keep_the_order_of_a_strand) {
  asio::thread_pool pool(3);
  basic_bridge link(pool, all.group, {.max_ops = 100'000});
  sequence ordered(link, 1);
  EXPECT_EQ(ordered.shard(), 1U);
  constexpr int count = 3000;
  std::vector<int> ran;
  auto strand = asio::make_strand(pool);
  int initiated = 0;
  for (int each = 0; each < count; ++each) {
    asio::post(strand, [&] {
      async_call(
          link, 0,
          [&, number = initiated++](shard& on) {
            EXPECT_EQ(on.index(), 1U) << "the sequence's shard, not the one that was named";
            ran.push_back(number);
          },
          {.sequence = &ordered}, asio::detached);
    });
  }
  pool.join();
  std::vector<int> expected(count);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(ran, expected);
}

TEST_F(placed_operations, of_a_sequence_that_are_initiated_in_handlers_keep_their_order_too) {
  sequence ordered(all.link, 0);
  std::vector<int> ran;
  constexpr int count = 64;
  for (int each = 0; each < count; ++each) {
    async_nop(all.link, 1, [&, each](const error_code&) {
      async_call(
          all.link, 0, [&ran, each](shard&) { ran.push_back(each); }, {.sequence = &ordered}, asio::detached);
    });
  }
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(ran.size(), std::size_t{count});
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end())) << "handlers of one shard's replies run in their order";
}

TEST_F(placed_operations, a_sequence_may_go_before_what_waits_in_it) {
  service small({}, {.max_ops = 1});
  auto ordered = std::make_unique<sequence>(small.link);
  std::vector<outcome> calls(5);
  int ran = 0;
  for (outcome& each : calls) {
    async_call(
        small.link, 0, [&](shard&) { ++ran; }, {.sequence = ordered.get()},
        [&](const std::exception_ptr& failed) { each.handler()(failed ? error_code(errc::stopped) : error_code()); });
  }
  ordered.reset();
  ASSERT_TRUE(small.finish());
  EXPECT_EQ(ran, 5);
  for (const outcome& each : calls)
    EXPECT_TRUE(each.succeeded()) << each;
}

TEST_F(placed_operations, a_sequence_of_another_bridge_is_refused) {
  bridge other(all.context, all.group);
  sequence foreign(other, 0);
  EXPECT_TRUE(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), {.sequence = &foreign}, h); })
                  .failed_with(asio::error::invalid_argument));
  EXPECT_THROW(sequence(other, 2), std::invalid_argument);
}

TEST_F(placed_operations, a_sequence_of_a_bridge_that_is_gone_is_refused_by_those_after_it) {
  auto first = std::make_unique<bridge>(all.context, all.group);
  sequence left(*first, 0);
  for (int times = 0; times < 10; ++times) {
    first.reset(); // its place in memory is likely to be the next one's
    first = std::make_unique<bridge>(all.context, all.group);
    outcome refused;
    async_nop(*first, 0, {.sequence = &left}, refused.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(refused.failed_with(asio::error::invalid_argument)) << refused;
  }
}

TEST_F(placed_operations, a_sequence_outlives_its_bridge_and_group) {
  auto first = std::make_unique<service>();
  sequence left(first->link, 0);
  async_nop(first->link, 0, {.sequence = &left}, asio::detached);
  EXPECT_TRUE(first->finish());
  first.reset();
  EXPECT_EQ(left.shard(), 0U);
}

} // namespace
} // namespace shardbridge::tests
