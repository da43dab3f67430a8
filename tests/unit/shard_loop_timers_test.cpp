// Goal: tasks sleep until their time, the loop until the earliest of them, and neither a cancel nor a stop is kept
// waiting. Method: sleeps of microseconds, that are over when the test goes on, and of hours, that never are.
#include "shard_loop_tasks_fixture.hpp"

#include <shardbridge/interval.hpp>
#include <shardbridge/when.hpp>
#include <shardbridge/with_timeout.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace shardbridge::detail {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

class shard_loop_timers : public shard_loop_tasks {
 public:
  /// Turns until `done()`.
  template <class Done>
  void turn_until(Done done) {
    const auto end = clock::now() + 10s;
    while (!done()) {
      ASSERT_TRUE(loop.turn());
      ASSERT_LT(clock::now(), end);
    }
  }
  void turn_until_seen(const std::string& what) {
    turn_until([&] { return !seen.empty() && seen.back() == what; });
  }
};

TEST_F(shard_loop_timers, wake_in_the_order_of_their_times_and_not_before) {
  const auto sleep = [](shard& on, clock::time_point until, steps& to, const char* name) -> task<> {
    co_await on.sleep_until(until);
    EXPECT_GE(clock::now(), until);
    to.push_back(name);
  };
  const auto now = clock::now();
  call([&](shard& on) {
    on.spawn(sleep(on, now + 3ms, seen, "c")).detach();
    on.spawn(sleep(on, now + 1ms, seen, "a")).detach();
    on.spawn(sleep(on, now + 2ms, seen, "b")).detach();
  });
  turn_until_seen("c");
  EXPECT_EQ(seen, (steps{"a", "b", "c"}));
  stop();
}

TEST_F(shard_loop_timers, let_the_loop_sleep_until_the_earliest) {
  spawn([](shard& on) -> task<> { co_await on.sleep_for(1h); });
  const std::int64_t before = clock_now();
  spawn([](shard& on) -> task<> { co_await on.sleep_for(30min); });
  // A timer far away comes to a finer wheel first: the loop may be up by a 64th of the distance too early, or when the
  // clock comes to a multiple of 64^5 ticks, once in five hours.
  const bool at_a_multiple = kernel.waited_until % (std::int64_t{1} << 44) == 0;
  EXPECT_TRUE(at_a_multiple || kernel.waited_until > before + 20 * hour / 60) << kernel.waited_until;
  EXPECT_LE(kernel.waited_until, clock_now() + hour / 2);
  stop();
}

TEST_F(shard_loop_timers, of_the_past_and_of_no_length_are_over_soon) {
  spawn([&](shard& on) -> task<> {
    co_await on.sleep_until(clock::time_point());
    co_await on.sleep_for(0s);
    co_await on.sleep_for(-1h);
    seen.push_back("over");
  });
  turn_until_seen("over");
  stop();
}

TEST_F(shard_loop_timers, are_cancelled_with_their_task) {
  std::optional<join_handle<void>> handle;
  error_code told;
  call([&](shard& on) {
    handle.emplace(on.spawn(
        [](shard& self, error_code& to) -> task<> { to = co_await error_of(self.sleep_for(no_timeout)); }(on, told)));
  });
  handle->abort();
  port.wake().publish();
  turn();
  EXPECT_EQ(told, boost::asio::error::operation_aborted);
  EXPECT_TRUE(handle->done());
  stop();
}

TEST_F(shard_loop_timers, are_told_of_a_stop) {
  for (int each = 0; each < 3; ++each)
    spawn([&](shard& on) -> task<> {
      EXPECT_EQ(co_await error_of(on.sleep_for(1h)), errc::stopped);
      EXPECT_EQ(co_await error_of(on.sleep_for(1h)), errc::stopped);
      seen.push_back("stopped");
    });
  stop();
  EXPECT_EQ(seen, (steps{"stopped", "stopped", "stopped"}));
}

TEST_F(shard_loop_timers, bound_a_task) {
  spawn([&](shard& on) -> task<> {
    const auto begun = clock::now();
    const error_code told =
        co_await error_of(with_timeout(on, 1ms, [](shard& self) -> task<> { co_await self.sleep_for(1h); }(on)));
    EXPECT_EQ(told, errc::expired_in_flight);
    EXPECT_EQ(told, std::errc::timed_out);
    EXPECT_GE(clock::now(), begun + 1ms);
    co_await on.yield();
    seen.push_back("late");
  });
  turn_until_seen("late");
  stop();
}

TEST_F(shard_loop_timers, bound_what_is_in_the_kernel_and_wait_for_it) {
  spawn([&](shard& on) -> task<> {
    const error_code told = co_await error_of(
        with_deadline(on, clock::now() + 1ms, [](shard& self) -> task<> { co_await self.nop(); }(on)));
    EXPECT_EQ(told, errc::expired_in_flight);
    seen.push_back("late");
  });
  turn_until([&] { return kernel.cancels_staged == 1; });
  EXPECT_TRUE(seen.empty()) << "the kernel has not let go";
  complete(-ECANCELED);
  EXPECT_EQ(seen, steps{"late"});
  stop();
}

TEST_F(shard_loop_timers, leave_alone_what_is_done_in_time) {
  spawn([&](shard& on) -> task<> {
    const int value = co_await with_timeout(on, 1h, answer_after(on, 7));
    EXPECT_EQ(value, 7);
    co_await with_timeout(on, no_timeout, [](shard& self) -> task<> { co_await self.yield(); }(on));
    seen.push_back("in time");
  });
  EXPECT_EQ(seen, steps{"in time"});
  kernel.waited_until = 0;
  turn();
  EXPECT_EQ(kernel.waited_until, never) << "its timer is gone";
  stop();
}

TEST_F(shard_loop_timers, hand_on_what_a_bounded_task_throws) {
  spawn([&](shard& on) -> task<> {
    try {
      co_await with_timeout(on, 1h, []() -> task<> {
        throw std::runtime_error("as planned");
        co_return;
      }());
    } catch (const std::runtime_error&) {
      seen.push_back("caught");
    }
  });
  EXPECT_EQ(seen, steps{"caught"});
  stop();
}

TEST_F(shard_loop_timers, end_a_race) {
  spawn([&](shard& on) -> task<> {
    const auto nap = [](shard& self, std::chrono::nanoseconds length) -> task<> { co_await self.sleep_for(length); };
    const auto first = co_await when_any(on, nap(on, 1h), nap(on, 1ms));
    EXPECT_EQ(first.index(), 1U);
    seen.push_back("over");
  });
  turn_until_seen("over");
  stop();
}

TEST_F(shard_loop_timers, of_an_interval_do_not_drift_and_are_not_made_up_for) {
  spawn([&](shard& on) -> task<> {
    const auto begun = clock::now();
    interval every(on, 2ms);
    std::uint64_t passed = 0;
    for (int each = 0; each < 3; ++each) {
      passed += co_await every.next();
      EXPECT_GE(clock::now() - begun, passed * 2ms);
    }
    for (const auto late = clock::now() + 7ms; clock::now() < late;)
      ; // what is done takes longer than three periods
    const std::uint64_t missed = co_await every.next();
    EXPECT_GE(missed, 3U);
    EXPECT_GE(clock::now() - begun, (passed + missed) * 2ms);
    seen.push_back("over");
  });
  turn_until_seen("over");
  stop();
}

TEST_F(shard_loop_timers, of_an_interval_need_a_period) {
  call([](shard& on) {
    EXPECT_THROW(interval(on, 0s), std::invalid_argument);
    EXPECT_THROW(interval(on, -1s), std::invalid_argument);
  });
  stop();
}

class shard_loop_left_timers : public shard_loop_tasks {
 public:
  shard_loop_left_timers() : shard_loop_tasks(impatient()) {}
};

TEST_F(shard_loop_left_timers, go_with_the_task_that_is_destroyed) {
  spawn([](shard& on) -> task<> { co_await with_timeout(on, 1h, []() -> task<> { co_await forever(); }()); });
  stop();
}

} // namespace
} // namespace shardbridge::detail
