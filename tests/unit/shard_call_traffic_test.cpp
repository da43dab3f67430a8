// Goal: calls between shards wake a sleeping shard once, and take no more than their share of its turns. Method: two
// loops stepped on one thread; a crowd of calls beside one request of a bridge, one task and one own operation; a
// function that takes its time uses up a slice.
#include "two_shards.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include <poll.h>

namespace shardbridge::detail {
namespace {

constexpr std::chrono::microseconds slice(20);

void take_time() {
  for (const std::int64_t until = clock_now() + 2 * std::chrono::nanoseconds(slice).count(); clock_now() < until;) {
  }
}

task<> call_once(shard& on, const std::function<void()>& what, int& made) {
  ++made;
  co_await on.call(1, [&what](shard&) { what(); });
}

class shard_call_traffic : public two_shards {
 public:
  explicit shard_call_traffic(shard_wake strategy = shard_wake::eventfd) : two_shards(with(strategy)) {}
  static shard_group_options with(shard_wake strategy) {
    shard_group_options out = shard_loop_tasks::impatient();
    out.shard_wake = strategy;
    out.turn_slice = slice;
    return out;
  }

  /// So many tasks that call `what` on the other shard once.
  void crowd(int count, std::function<void()> what) {
    whats.push_back(std::move(what));
    int made = 0;
    push(here, [this, count, &made](shard& self) {
      for (int each = 0; each < count; ++each)
        self.spawn(call_once(self, whats.back(), made)).detach();
    });
    for (int each = 0; made < count; ++each) {
      ASSERT_LT(each, 10'000);
      turn(here);
    }
    turn(here);
  }
  /// Turns of the other shard until `done`.
  int turns_until(const bool& done) {
    for (int each = 0; each < 100; ++each) {
      if (done) return each;
      turn(there);
    }
    ADD_FAILURE() << "starved";
    return 100;
  }
  /// Of a crowd.
  void finish(const int& crowded, int count) {
    for (int each = 0; crowded < count; ++each) {
      ASSERT_LT(each, 10'000);
      turn(there);
    }
  }
  void fall_asleep(member& which) {
    turn(which);
    wake_word& word = which.port.wake().word();
    ASSERT_EQ(word.try_arm(word.observe()), wake_word::armed::asleep);
  }
  static bool event_is_written(member& of) {
    pollfd event{of.port.wake().event().get(), POLLIN, 0};
    return ::poll(&event, 1, 0) > 0;
  }

  std::deque<std::function<void()>> whats;
};

class shard_call_messages : public shard_call_traffic {
 public:
  shard_call_messages() : shard_call_traffic(shard_wake::message) { ports[1].set_ring(77); }
};

TEST_F(shard_call_traffic, wakes_a_shard_once_a_sleep) {
  fall_asleep(there);
  const std::uint64_t before = there.port.wake().wakes_sent();
  int done = 0;
  crowd(50, [&] { ++done; });
  EXPECT_EQ(there.port.wake().wakes_sent(), before + 1);
  EXPECT_TRUE(event_is_written(there));
  finish(done, 50);
  fall_asleep(here);
  const std::uint64_t back = here.port.wake().wakes_sent();
  crowd(1, [] {});
  settle();
  EXPECT_LE(here.port.wake().wakes_sent(), back + 2) << "the bridge's and the answer's";
}

TEST_F(shard_call_messages, go_to_the_ring_of_a_shard_that_sleeps) {
  fall_asleep(there);
  crowd(50, [] {});
  EXPECT_EQ(here.kernel.messages, (std::vector<fake_driver::message>{{1, 77}}));
  EXPECT_EQ(here.counters.snapshot(0).messages, 1U);
  EXPECT_FALSE(event_is_written(there));
}

TEST_F(shard_call_traffic, does_not_starve_calls_of_bridges) {
  int crowded = 0;
  crowd(200, [&] {
    ++crowded;
    take_time();
  });
  turn(there);
  const int before = crowded;
  bool done = false;
  push(there, [&](shard&) { done = true; });
  EXPECT_LE(turns_until(done), 4);
  EXPECT_LE(crowded - before, 4);
  finish(crowded, 200);
}

TEST_F(shard_call_traffic, is_not_starved_by_calls_of_bridges) {
  int crowded = 0;
  const auto more = [&](shard&) {
    ++crowded;
    take_time();
  };
  for (int each = 0; each < 60; ++each)
    push(there, more);
  turn(there);
  bool done = false;
  const int before = crowded;
  crowd(1, [&] { done = true; });
  EXPECT_LE(turns_until(done), 4);
  EXPECT_LE(crowded - before, 4);
  finish(crowded, 60);
}

TEST_F(shard_call_traffic, does_not_starve_requests) {
  int crowded = 0;
  crowd(1000, [&] { ++crowded; });
  test_operation request(op_code::nop);
  shard_loop_test::push_to(*there.joined, request);
  turn(there);
  EXPECT_EQ(there.kernel.staged, 1) << "in the same turn";
  EXPECT_LE(crowded, 256) << "so many messages are taken in a turn";
  there.kernel.complete(0);
  finish(crowded, 1000);
  EXPECT_EQ(std::count(replied.begin(), replied.end(), &request), 1);
}

TEST_F(shard_call_traffic, does_not_starve_tasks) {
  bool done = false;
  spawn(there, [&done](shard& self) -> task<> {
    for (int each = 0; each < 4; ++each)
      co_await self.yield();
    done = true;
  });
  int crowded = 0;
  crowd(200, [&] {
    ++crowded;
    take_time();
  });
  EXPECT_LE(turns_until(done), 5);
  finish(crowded, 200);
}

TEST_F(shard_call_traffic, that_waits_on_a_shard_that_fails_is_told_so) {
  boost::system::error_code told;
  for (int each = 0; each < 2; ++each) // of which the first leaves no time for the second
    spawn(here, [&](shard& self) -> task<> {
      auto awaited = self.call(1, [](shard&) { take_time(); });
      told = co_await error_of(awaited);
    });
  there.kernel.failures = 1;
  there.loop.run();
  there.over = true;
  settle();
  EXPECT_EQ(told, errc::shard_failed);
}

TEST_F(shard_call_traffic, to_itself_does_not_starve_requests) {
  bool over = false;
  int called = 0;
  spawn(here, [&](shard& self) -> task<> {
    while (!over)
      co_await self.call(0, [&](shard&) { ++called; });
  });
  test_operation request(op_code::nop);
  shard_loop_test::push_to(*here.joined, request);
  turn(here);
  EXPECT_EQ(here.kernel.staged, 1);
  here.kernel.complete(0);
  const int before = called;
  for (int each = 0; each < 10; ++each)
    turn(here);
  EXPECT_GE(called, before + 4) << "and goes on";
  over = true;
  settle();
}

} // namespace
} // namespace shardbridge::detail
