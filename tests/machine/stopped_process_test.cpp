// Goal: a process that did not run for a while, since it was stopped or its machine was, does what became due meanwhile
// once and in order, and then goes on. Method: a process that stops itself for a second and a half, and another that
// lets it go on.
#include "support/on_shard.hpp"
#include "support/stuck_reads.hpp"

#include <cerrno>
#include <optional>
#include <system_error>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto away = 1500ms;

/// The whole process stops, and goes on later.
void be_away() {
  const pid_t self = ::getpid();
  const pid_t other = ::fork();
  if (other < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (other == 0) {
    const timespec length{1, 500'000'000};
    ::nanosleep(&length, nullptr);
    ::kill(self, SIGCONT);
    ::_exit(0);
  }
  ::kill(self, SIGSTOP);
  ::waitpid(other, nullptr, 0);
}

TEST(a_process_that_was_stopped, does_what_became_due_once_and_in_order) {
  service all({.shards = 2});
  stuck_reads stuck(all.link);
  std::vector<int> woken;
  std::uint64_t periods = 0;
  answer<> told;
  const auto begun = clock::now();
  async_call(
      all.link, 0,
      [&](shard& on) -> task<> {
        interval every(on, 100ms);
        const auto sleep = [](shard& where, clock::time_point until, std::vector<int>& to, int name) -> task<> {
          co_await where.sleep_until(until);
          EXPECT_GE(clock::now(), until);
          to.push_back(name);
        };
        std::vector<task<>> sleepers;
        for (int each = 4; each >= 0; --each)
          sleepers.push_back(sleep(on, begun + 300ms + each * 100ms, woken, each));
        co_await when_all(on, std::move(sleepers));
        periods = co_await every.next();
      },
      told.handler());
  const outcome& late = stuck.start({.timeout = 500ms});
  const outcome& in_time = stuck.start({.timeout = 60s});
  ASSERT_TRUE(all.wait_in_flight(2));
  be_away();
  EXPECT_GE(clock::now() - begun, away);
  ASSERT_TRUE(all.run_until([&] { return told.calls + late.calls == 2; }));
  EXPECT_FALSE(told.failure);
  EXPECT_EQ(woken, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_GE(periods, 14U) << "those that were missed come as one";
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_EQ(in_time.calls, 0);
  stuck.pipe.write("x");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(in_time.succeeded()) << in_time;
  EXPECT_EQ(late.calls, 1);
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
