// Goal: a side that sleeps is woken by what comes, once, and nothing moves while there is nothing to do. Method: round
// trips with and without pauses, eventfd writes counted, and the context switches of threads that should sleep.
#include "support/stuck_reads.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <time.h>

namespace shardbridge::tests {
namespace {

std::set<std::string> threads() {
  std::set<std::string> out;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/task"))
    out.insert(each.path().filename());
  return out;
}

std::chrono::nanoseconds cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// How often each of these threads has gone to sleep and been interrupted; a system call that waits is at least one.
std::map<std::string, std::string> switches(const std::set<std::string>& of) {
  std::map<std::string, std::string> out;
  for (const std::string& each : of) {
    std::ifstream status("/proc/self/task/" + each + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.find("ctxt_switches") != std::string::npos) out[each] += line + "; ";
  }
  return out;
}

TEST(no_lost_wake_no_wasted_wake, an_idle_bridge_does_nothing) {
  const fixtures::temporary_folder folder;
  std::thread([] {}).join();     // with the first thread a sanitizer starts its own
  const auto others = threads(); // which do not count
  shard_group group({.shards = 2});
  asio::thread_pool pool(2);
  bridge link(pool, group);
  random_access_file file(link, folder.make_file("file", 100), open_flags::read_only);
  std::vector<std::string> buffers(500, std::string(100, '\0'));
  std::atomic<int> calls = 0;
  for (std::string& each : buffers)
    file.async_read_some_at(0, asio::buffer(each), {.timeout = 500ms},
                            [&](const error_code&, std::size_t) { ++calls; });
  for (const auto end = std::chrono::steady_clock::now() + patience;
       calls < 500 && std::chrono::steady_clock::now() < end;)
    std::this_thread::sleep_for(1ms);
  ASSERT_EQ(calls, 500);
  std::this_thread::sleep_for(100ms); // until all have gone to sleep

  std::set<std::string> own;
  std::ranges::set_difference(threads(), others, std::inserter(own, own.end()));
  ASSERT_EQ(own.size(), 4U);
  const auto before = switches(own);
  const auto turns = group.stats()[0].turns + group.stats()[1].turns;
  const auto cpu = cpu_time();
  std::this_thread::sleep_for(10s);
  EXPECT_LT(cpu_time() - cpu, 10ms) << "over a thousandth of a core";
  EXPECT_EQ(switches(own), before);
  EXPECT_EQ(group.stats()[0].turns + group.stats()[1].turns, turns);
  pool.join();
}

// Each round finds both sides asleep, going to sleep, or awake, as the pause has it.
TEST(no_lost_wake_no_wasted_wake, round_trips_with_pauses_of_every_length) {
  service all;
  int answered = 0;
  for (int round = 0; round < 2000; ++round) {
    async_call(
        all.link, 0, [](shard&) {}, [&](const std::exception_ptr&) { ++answered; });
    ASSERT_TRUE(all.finish()) << "a wake was lost in round " << round;
    ASSERT_EQ(answered, round + 1);
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(round % 40);
    while (std::chrono::steady_clock::now() < until) {
    }
  }
  EXPECT_LE(all.link.stats().wakes, 2000U);
  EXPECT_LE(all.group.stats()[0].wakes, 2001U);
}

// With a read that waits for ever there is always something to look for.
TEST(no_lost_wake_no_wasted_wake, looking_again_holds_up_other_handlers_for_its_bound_at_most) {
  constexpr auto bound = 200ms;
  constexpr auto slack = 2s; // for a busy machine
  service all({}, {.spin = bound});
  stuck_reads stuck(all.link);
  const outcome& read = stuck.start({});
  std::chrono::steady_clock::time_point posted;
  std::chrono::nanoseconds held_up{0};
  for (int times = 0; times < 5; ++times) {
    bool ran = false;
    async_nop(all.link, 0, [&](const error_code&) {
      posted = std::chrono::steady_clock::now();
      asio::post(all.context, [&] {
        held_up = std::max(held_up, std::chrono::steady_clock::now() - posted);
        ran = true;
      });
    });
    ASSERT_TRUE(all.run_until([&] { return ran; }));
  }
  EXPECT_GT(all.link.stats().looks_missed, 0U) << "it did not look";
  EXPECT_LT(held_up, bound + slack);
  stuck.file.cancel();
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(read.calls, 1);
}

TEST(no_lost_wake_no_wasted_wake, a_batch_costs_each_side_one_wake) {
  service all;
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[0].sleeps > 0; }));
  const std::uint64_t replies_before = all.link.stats().wakes;
  const std::uint64_t requests_before = all.group.stats()[0].wakes;
  // The first holds the shard until all are in its queue, so that none finds it asleep.
  async_call(
      all.link, 0, [](shard&) { std::this_thread::sleep_for(20ms); }, asio::detached);
  int answered = 0;
  for (int each = 0; each < 60; ++each)
    async_call(
        all.link, 0, [](shard&) {}, [&](const std::exception_ptr&) { ++answered; });
  std::this_thread::sleep_for(60ms); // and all replies wait before this thread looks
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(answered, 60);
  EXPECT_EQ(all.group.stats()[0].wakes - requests_before, 1U);
  EXPECT_EQ(all.link.stats().wakes - replies_before, 1U);
}

TEST(no_lost_wake_no_wasted_wake, a_deadline_that_is_far_away_costs_nothing) {
  for (const timeout_mode mode : {timeout_mode::linked, timeout_mode::timer}) {
    service all({.timeout_mode = mode});
    stuck_reads stuck(all.link);
    const outcome& read = stuck.start({.timeout = 1h});
    ASSERT_TRUE(all.wait_in_flight(1));
    all.context.run_for(50ms);
    const std::uint64_t before = all.group.stats()[0].turns;
    all.context.run_for(200ms);
    EXPECT_EQ(all.group.stats()[0].turns, before);
    stuck.file.cancel();
    ASSERT_TRUE(all.finish());
    EXPECT_EQ(read.calls, 1);
  }
}

} // namespace
} // namespace shardbridge::tests
