// Goal: shards of one group call one another, and end with all that they have called. Method: real shards, with tasks
// that say on which thread they are; the Asio side only starts them and is told how they end.
#include "support/answer.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/resource.h>

namespace shardbridge::tests {
namespace {

TEST(shard_calls, run_on_the_other_thread_and_come_back) {
  service all({.shards = 3});
  answer<std::vector<std::size_t>> told;
  async_call(
      all.link, 0,
      [](shard& self) -> task<std::vector<std::size_t>> {
        const auto mine = std::this_thread::get_id();
        std::vector<std::size_t> seen;
        for (std::size_t other = 0; other < self.group_size(); ++other) {
          auto work = [mine](shard& on) -> task<std::unique_ptr<std::size_t>> {
            co_await on.nop();
            if ((std::this_thread::get_id() == mine) != (on.index() == 0)) throw std::logic_error("where is this?");
            co_return std::make_unique<std::size_t>(on.index());
          };
          seen.push_back(*co_await self.call(other, work));
          if (std::this_thread::get_id() != mine) throw std::logic_error("it has moved");
        }
        co_return seen;
      },
      told.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_FALSE(told.failure);
  EXPECT_EQ(told.value, (std::vector<std::size_t>{0, 1, 2}));
}

task<std::uint64_t> around(shard& on, std::uint64_t left) {
  if (left == 0) co_return 0;
  auto next = [left](shard& other) { return around(other, left - 1); };
  co_return 1 + co_await on.call((on.index() + 1) % on.group_size(), next);
}

TEST(shard_calls, nest_without_end_on_shards_that_are_full_of_them) {
  service all({.shards = 2, .ring_entries = 2}, {.max_ops = 200});
  std::vector<answer<std::uint64_t>> told(200);
  for (std::size_t each = 0; each < told.size(); ++each)
    async_call(
        all.link, each % 2, [](shard& on) { return around(on, 100); }, told[each].handler());
  ASSERT_TRUE(all.finish());
  for (const auto& each : told)
    EXPECT_EQ(each.value, 100U);
  const auto stats = all.group.stats();
  EXPECT_EQ(stats[0].shard_calls + stats[1].shard_calls, 20'000U);
}

TEST(shard_calls, are_cancelled_at_the_deadline_of_the_bridges_call) {
  service all({.shards = 2});
  answer<> told;
  async_call(
      all.link, 0,
      [](shard& self) -> task<> { co_await self.call(1, [](shard& on) -> task<> { co_await on.sleep_for(1h); }); },
      {.timeout = 200ms}, told.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(told.failure), errc::expired_in_flight);
  EXPECT_EQ(all.group.stats()[1].tasks, 0U);
}

TEST(shard_calls, have_deadlines_of_their_own) {
  service all({.shards = 2});
  answer<> told;
  async_call(
      all.link, 0,
      [](shard& self) -> task<> {
        const io_options soon{.timeout = 200ms};
        co_await self.call(
            1, [](shard& on) -> task<> { co_await on.sleep_for(1h); }, soon);
      },
      told.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(told.failure), errc::expired_in_flight);
}

TEST(shard_calls, end_with_the_group) {
  for (const bool spinning : {false, true}) {
    service all({.shards = 2, .spin = spinning ? 50us : 0us});
    std::vector<answer<>> told(10);
    for (std::size_t each = 0; each < told.size(); ++each)
      async_call(
          all.link, each % 2,
          [](shard& self) -> task<> {
            auto work = [](shard& on) -> task<> { co_await on.sleep_for(1h); };
            co_await self.call(1 - self.index(), work);
          },
          told[each].handler());
    ASSERT_TRUE(all.run_until([&] {
      const auto stats = all.group.stats();
      return stats[0].shard_calls + stats[1].shard_calls == told.size();
    }));
    all.group.stop();
    ASSERT_TRUE(all.finish());
    for (const auto& each : told)
      EXPECT_EQ(code_of(each.failure), errc::stopped);
    all.group.join();
    for (const shard_stats& each : all.group.stats())
      EXPECT_EQ(each.tasks, 0U);
  }
}

/// Of this process, as long as it lives, so many more than are open.
class few_descriptors {
 public:
  explicit few_descriptors(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const auto open = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    const rlimit less{static_cast<rlim_t>(open) + more, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &less);
  }
  ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  few_descriptors(const few_descriptors&) = delete;
  few_descriptors& operator=(const few_descriptors&) = delete;

 private:
  rlimit before_{};
};

task<> call_last(shard& self, std::atomic<int>& ended) {
  try {
    co_await self.call(self.group_size() - 1, [](shard&) {});
  } catch (const boost::system::system_error& told) {
    if (told.code() == errc::stopped || told.code() == errc::shard_failed) ++ended;
  }
}

TEST(shard_calls, end_where_the_other_could_not_be_started) {
  std::atomic<bool> called = false;
  std::atomic<int> ended = 0;
  shard_group_options options{.shards = 32};
  options.on_turn = [&](shard& on) {
    if (on.index() == 0 && !called.exchange(true)) on.spawn(call_last(on, ended)).detach();
  };
  const few_descriptors limit(options.shards + 8); // each has an eventfd, and these are made first
  EXPECT_THROW(shard_group{options}, std::system_error);
  EXPECT_TRUE(called);
  EXPECT_EQ(ended, 1);
}

TEST(shard_calls, wake_by_messages_where_that_is_asked_for) {
  service all({.shards = 2, .spin = 0us, .shard_wake = shard_wake::message});
  answer<std::uint64_t> told;
  async_call(
      all.link, 0, [](shard& on) { return around(on, 100); }, told.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(told.value, 100U);
  const auto stats = all.group.stats();
  const bool unheard = all.group.backend_reason().find("no IORING_OP_MSG_RING") != std::string::npos;
  EXPECT_EQ(stats[0].messages + stats[1].messages > 0, !unheard);
}

} // namespace
} // namespace shardbridge::tests
