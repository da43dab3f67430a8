// Goal: one who is awake is not woken, one who sleeps is woken once, and nothing is lost between the two.
// Method: an inner sleeper that counts, first with one thread, then with two and all lengths of patience.

#include "wake/strategies.hpp"

#include <gtest/gtest.h>

#include <semaphore>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

struct counts {
  std::atomic<int> wakes{0};
  std::atomic<int> sleeps{0};
};

/// Where all that are made count.
counts* counting = nullptr;

class counted_sleeper {
 public:
  void wake(counted_sleeper& peer) {
    ++counting->wakes;
    peer.called_.release();
  }
  void sleep() {
    ++counting->sleeps;
    called_.acquire();
  }

 private:
  std::binary_semaphore called_{0};
};

class look_again_test : public testing::Test {
 protected:
  look_again_test() { counting = &counts_; }

  counts counts_;
};

TEST_F(look_again_test, one_who_is_awake_is_not_woken) {
  look_again<counted_sleeper> one(1us);
  look_again<counted_sleeper> other(1us);
  for (int i = 0; i != 3; ++i) {
    one.wake(other);
    other.sleep();
  }
  EXPECT_EQ(counts_.wakes, 0);
  EXPECT_EQ(counts_.sleeps, 0);
}

TEST_F(look_again_test, one_who_sleeps_is_woken_once) {
  look_again<counted_sleeper> one(1us);
  look_again<counted_sleeper> other(1us);
  for (int i = 1; i != 4; ++i) {
    std::jthread sleeping([&] { other.sleep(); });
    while (counts_.sleeps != i)
      std::this_thread::yield();
    one.wake(other);
    sleeping.join();
    EXPECT_EQ(counts_.wakes, i);
  }
}

TEST_F(look_again_test, every_sleep_ends_with_one_wake) {
  const auto cpus = usable_cpus();
  for (const auto patience : {0us, 1us, 10us, 100us}) {
    counts_.wakes = 0;
    counts_.sleeps = 0;
    const auto round = ping_pong<look_again<counted_sleeper>>(
                           {.cpus = {cpus.front(), cpus.back()}, .patience = patience, .seconds = 0.02})
                           .play(std::chrono::nanoseconds(patience));
    EXPECT_GT(round.trips.count(), 0U);
    EXPECT_EQ(counts_.wakes, counts_.sleeps) << patience.count();
  }
}

TEST(look_for, asks_at_least_once_and_stops_when_told) {
  int asked = 0;
  EXPECT_TRUE(look_for(0ns, [&] { return ++asked == 1; }));
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(look_for(1h, [&] { return ++asked == 100; }));
  EXPECT_EQ(asked, 100);
}

TEST(look_for, loses_patience) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(look_for(2ms, [] { return false; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 2ms);
}

} // namespace
} // namespace shardbridge::bench
