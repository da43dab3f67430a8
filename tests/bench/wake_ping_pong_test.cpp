// Goal: a round of two threads counts every round trip, ends however it goes, and tells what went wrong.
// Method: the futex's real round, then sleepers that fail at every point of a round.

#include "common/failure.hpp"
#include "wake/strategies.hpp"

#include <gtest/gtest.h>

#include <semaphore>

namespace shardbridge::bench {
namespace {

round_setting setting() {
  const auto cpus = usable_cpus();
  return {.cpus = {cpus.front(), cpus.back()}, .patience = std::chrono::microseconds(20), .seconds = 0.02};
}

/// Fails in the given wake or sleep of whichever thread comes to it.
class failing_sleeper {
 public:
  struct plan {
    int wake;
    int sleep;
  };

  explicit failing_sleeper(plan when) : when_(when) {}

  void wake(failing_sleeper& peer) {
    if (wakes_++ == when_.wake) throw run_failure("a wake failed");
    peer.called_.release();
  }
  void sleep() {
    if (sleeps_++ == when_.sleep) throw run_failure("a sleep failed");
    called_.acquire();
  }

 private:
  plan when_;
  int wakes_ = 0;
  int sleeps_ = 0;
  std::counting_semaphore<8> called_{0};
};

std::string failure_of(failing_sleeper::plan when) {
  try {
    ping_pong<failing_sleeper>(setting()).play(when);
  } catch (const run_failure& failure) {
    return failure.what();
  }
  return "none";
}

TEST(ping_pong, times_round_trips_and_calls_apart) {
  const auto round = find_strategy("futex")->sleeping(setting());
  EXPECT_GT(round.trips.count(), 0U);
  EXPECT_GT(round.calls.count(), 0U);
  EXPECT_GT(round.cpu_seconds, 0);
  EXPECT_LE(round.trips.quantile(0.5), round.trips.quantile(0.99));
}

TEST(ping_pong, the_shortest_round_has_one_of_each) {
  auto shortest = setting();
  shortest.seconds = 1e-9;
  const auto round = find_strategy("futex")->sleeping(shortest);
  EXPECT_EQ(round.calls.count(), 1U);
  EXPECT_EQ(round.trips.count(), 1U);
}

TEST(ping_pong, a_failure_anywhere_ends_the_round) {
  constexpr int never = -1;
  for (int at = 0; at != 5; ++at) {
    EXPECT_EQ(failure_of({.wake = at, .sleep = never}), "a wake failed") << at;
    EXPECT_EQ(failure_of({.wake = never, .sleep = at}), "a sleep failed") << at;
  }
  EXPECT_EQ(failure_of({.wake = never, .sleep = never}), "none");
}

TEST(ping_pong, a_cpu_that_is_not_there_is_a_failure) {
  auto wrong = setting();
  wrong.cpus[1] = 1023;
  EXPECT_THROW(find_strategy("futex")->sleeping(wrong), run_failure);
}

TEST(strategies, have_names_and_a_reason_to_be) {
  EXPECT_EQ(all_strategies().size(), 9U);
  for (const auto& each : all_strategies()) {
    EXPECT_EQ(find_strategy(each.name), &each);
    EXPECT_TRUE(each.makes_sense(wake_state::awake, wake_core::other)) << each.name;
  }
  EXPECT_EQ(find_strategy("telepathy"), nullptr);
  const strategy& spin = *find_strategy("spin");
  EXPECT_FALSE(spin.makes_sense(wake_state::sleeping, wake_core::other));
  EXPECT_FALSE(spin.makes_sense(wake_state::awake, wake_core::same));
}

} // namespace
} // namespace shardbridge::bench
