// Goal: the threads of shards are what the system and the options say they are, and their tasks can be told to stop
// from any thread. Method: functions on real shards that look at their own thread; stops requested at random moments.
#include "support/answer.hpp"

#include <shardbridge/with_stop.hpp>

#include <array>
#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

#include <pthread.h>
#include <signal.h>

namespace shardbridge::tests {
namespace {

TEST(shard_threads, are_named_after_their_shard) {
  service all({.shards = 2, .io_workers = 2});
  for (std::size_t index = 0; index < 2; ++index) {
    answer<std::string> name;
    async_call(
        all.link, index,
        [](shard&) {
          std::array<char, 16> seen{};
          ::pthread_getname_np(::pthread_self(), seen.data(), seen.size());
          return std::string(seen.data());
        },
        name.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_EQ(name.value, "shard-" + std::to_string(index));
  }
}

TEST(shard_threads, leave_signals_to_the_application) {
  service all;
  answer<bool> blocked;
  async_call(
      all.link, 0,
      [](shard&) {
        sigset_t mask;
        ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        bool every = true;
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE, SIGALRM})
          every = every && ::sigismember(&mask, signal) == 1;
        return every;
      },
      blocked.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(blocked.value);
  sigset_t mine;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mine);
  EXPECT_EQ(::sigismember(&mine, SIGTERM), 0) << "this thread keeps its own";
}

TEST(shard_threads, call_the_hooks_of_the_group) {
  std::atomic<int> turns = 0, idles = 0, elsewhere = 0;
  shard_group_options options{.shards = 2, .spin = 0us};
  options.on_turn = [&](shard& on) {
    ++turns;
    if (on.group_size() != 2) ++elsewhere;
  };
  options.on_idle = [&](shard&) { ++idles; };
  service all(options);
  ASSERT_TRUE(all.run_until([&] { return turns >= 2 && idles >= 2; }));
  const auto idle = idles.load();
  answer<> told;
  async_call(
      all.link, 1, [](shard& on) -> task<> { co_await on.nop(); }, told.handler());
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(all.run_until([&] { return idles > idle; }));
  EXPECT_EQ(elsewhere, 0);
}

task<> wait_below(shard& on, std::stop_token token) {
  const auto wait = [](shard& self) -> task<> {
    for (;;) {
      co_await self.yield();
      co_await self.sleep_for(10us);
    }
  };
  co_await with_stop(on, std::move(token), wait(on));
}

TEST(shard_threads, are_told_of_stops_that_others_request) {
  service all({.shards = 2});
  for (int round = 0; round < 200; ++round) {
    std::stop_source source;
    std::array<answer<>, 2> told;
    for (std::size_t index = 0; index < 2; ++index)
      async_call(
          all.link, index, [token = source.get_token()](shard& on) { return wait_below(on, token); },
          told[index].handler());
    std::jthread other([&source, round] {
      std::this_thread::sleep_for(std::chrono::microseconds(round));
      source.request_stop();
    });
    ASSERT_TRUE(all.finish());
    for (const auto& each : told)
      EXPECT_EQ(code_of(each.failure), asio::error::operation_aborted);
  }
}

} // namespace
} // namespace shardbridge::tests
