// Goal: a call between shards that is cancelled, late, or caught by the stop of either shard ends once, and never
// before what it has begun. Method: two loops stepped on one thread, with the end of the one in every place of the
// other's turn.
#include "two_shards.hpp"

#include <shardbridge/with_timeout.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace shardbridge::detail {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;

const error_code operation_aborted = boost::asio::error::operation_aborted;

class shard_call_end : public two_shards {
 public:
  using two_shards::two_shards;

  /// A task that calls `work` on a shard and notes what came of it.
  template <class Work>
  void call(Work work, std::size_t to = 1, io_options with = {}) {
    spawn(here, [this, work, to, with](shard& self) -> task<> {
      auto awaited = self.call(to, work, with);
      const error_code told = co_await error_of(awaited);
      ended.push_back(told);
    });
  }
  /// Of the call, from elsewhere.
  void abort() {
    handles.back().abort();
    here.port.wake().publish();
  }
  /// A task that waits for long, and notes what that throws.
  auto waits() {
    return [this](shard& on) -> task<> {
      ++begun;
      auto long_sleep = on.sleep_for(1h);
      told_there.push_back(co_await error_of(long_sleep));
    };
  }
  using codes = std::vector<error_code>;

  void settle_until_ended() {
    for (const auto end = std::chrono::steady_clock::now() + 10s; ended.empty();) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      settle();
    }
  }

  codes ended;
  codes told_there;
  int begun = 0;
};

TEST_F(shard_call_end, cancelled_before_it_began_does_not_begin) {
  call(waits());
  abort();
  turn(here);
  EXPECT_TRUE(ended.empty()) << "the other shard is waited for";
  settle();
  EXPECT_EQ(ended, codes{operation_aborted});
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, cancels_the_task_and_waits_for_it) {
  call([this](shard& on) -> task<> {
    auto long_sleep = on.sleep_for(1h);
    told_there.push_back(co_await error_of(long_sleep));
    auto operation = on.nop(); // throws at once
    told_there.push_back(co_await error_of(operation));
  });
  settle();
  abort();
  turn(here);
  EXPECT_TRUE(ended.empty());
  EXPECT_TRUE(told_there.empty());
  settle();
  EXPECT_EQ(told_there, (codes{operation_aborted, operation_aborted}));
  EXPECT_EQ(ended, codes{error_code()}) << "the task has ended as it liked";
}

TEST_F(shard_call_end, waits_for_what_the_kernel_does_not_let_go) {
  call([](shard& on) -> task<> { co_await on.nop(); });
  settle();
  ASSERT_EQ(there.kernel.under_way.size(), 1U);
  abort();
  settle();
  EXPECT_EQ(there.kernel.cancels_staged, 1);
  EXPECT_TRUE(ended.empty());
  there.kernel.complete(-ECANCELED);
  settle();
  EXPECT_EQ(ended, codes{operation_aborted});
}

TEST_F(shard_call_end, keeps_a_result_that_is_on_its_way_back) {
  call([](shard&) {});
  turn(there);
  abort(); // the answer is in the list of this shard
  settle();
  EXPECT_EQ(ended, codes{error_code()});
}

TEST_F(shard_call_end, keeps_the_result_of_one_that_ends_while_the_cancel_is_under_way) {
  call([this](shard&) {
    abort();
    EXPECT_TRUE(ended.empty());
  });
  turn(there);
  turn(here);
  EXPECT_TRUE(ended.empty()) << "a message about it is in a list still";
  settle();
  EXPECT_EQ(ended, codes{error_code()});
}

TEST_F(shard_call_end, is_cancelled_once) {
  call(waits());
  settle();
  abort();
  abort();
  stop(here);
  EXPECT_EQ(told_there, codes{operation_aborted});
  EXPECT_EQ(ended.size(), 1U);
}

TEST_F(shard_call_end, on_the_own_shard_is_cancelled) {
  call(waits(), 0);
  settle();
  EXPECT_EQ(begun, 1);
  abort();
  settle();
  EXPECT_EQ(told_there, codes{operation_aborted});
  EXPECT_EQ(ended.size(), 1U);
}

TEST_F(shard_call_end, on_the_own_shard_is_cancelled_before_it_began) {
  call(waits(), 0);
  abort();
  settle();
  // It was called and run in the turn of the spawn, or not at all.
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_EQ(static_cast<std::size_t>(begun), told_there.size());
}

TEST_F(shard_call_end, that_is_late_already_does_not_begin) {
  call(waits(), 1, {.timeout = 0ns});
  settle();
  EXPECT_EQ(ended, codes{errc::expired_queued});
  EXPECT_EQ(begun, 0);
  call(waits(), 0, {.timeout = 0ns});
  settle();
  EXPECT_EQ(ended, (codes{errc::expired_queued, errc::expired_queued}));
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, at_its_deadline_cancels_the_task) {
  call(waits(), 1, {.deadline = std::chrono::steady_clock::now() + 200ms});
  settle();
  EXPECT_EQ(begun, 1);
  settle_until_ended();
  EXPECT_EQ(told_there, codes{errc::expired_in_flight});
  EXPECT_EQ(ended, codes{error_code()});
}

TEST_F(shard_call_end, tells_the_task_why_it_is_cancelled) {
  spawn(here, [this](shard& self) -> task<> {
    auto caller = [this](shard& on) -> task<> {
      auto work = waits();
      co_await on.call(1, work);
    };
    co_await with_timeout(self, 200ms, caller(self));
    ended.emplace_back();
  });
  settle();
  EXPECT_EQ(begun, 1);
  settle_until_ended();
  EXPECT_EQ(told_there, codes{errc::expired_in_flight});
}

TEST_F(shard_call_end, on_a_shard_that_has_ended_bounces) {
  stop(there);
  call(waits());
  settle();
  EXPECT_EQ(ended, codes{errc::stopped});
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, on_a_shard_that_stops_is_not_begun) {
  there.port.request_stop();
  call(waits());
  settle();
  EXPECT_EQ(ended, codes{errc::stopped});
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, whose_task_is_on_a_shard_that_stops_is_told_there) {
  call(waits());
  settle();
  there.port.request_stop();
  settle();
  EXPECT_EQ(told_there, codes{errc::stopped});
  EXPECT_EQ(ended, codes{error_code()});
}

TEST_F(shard_call_end, posted_in_the_last_turn_of_the_other_is_answered_by_that) {
  // The last task of the other shard ends behind the look at the messages.
  spawn(there, [this](shard& on) -> task<> {
    auto ring = on.nop();
    static_cast<void>(co_await error_of(ring));
    call(waits());
    EXPECT_TRUE(ended.empty());
  });
  settle();
  there.port.request_stop();
  turn(there);
  ASSERT_EQ(there.kernel.under_way.size(), 1U);
  there.kernel.complete(-ECANCELED);
  settle();
  EXPECT_TRUE(there.over);
  EXPECT_EQ(ended, codes{errc::stopped});
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, that_bounces_is_not_hurt_by_its_cancel) {
  spawn(there, [this](shard& on) -> task<> {
    auto ring = on.nop();
    static_cast<void>(co_await error_of(ring));
    call(waits());
    abort(); // behind it in the same list
  });
  settle();
  there.port.request_stop();
  turn(there);
  there.kernel.complete(-ECANCELED);
  settle();
  EXPECT_TRUE(there.over);
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, on_a_shard_that_failed_says_so) {
  there.kernel.failures = 1;
  there.loop.run();
  there.over = true;
  call(waits());
  settle();
  EXPECT_EQ(ended, codes{errc::shard_failed});
  EXPECT_EQ(begun, 0);
}

TEST_F(shard_call_end, of_a_shard_that_stops_is_cancelled_and_waited_for) {
  call([this](shard& on) -> task<> {
    ++begun;
    auto ring = on.nop();
    told_there.push_back(co_await error_of(ring));
  });
  settle();
  here.port.request_stop();
  for (int each = 0; each < 10; ++each)
    turn(here);
  EXPECT_FALSE(here.over) << "the answer is to come yet";
  turn(there);
  EXPECT_EQ(there.kernel.cancels_staged, 1);
  for (int each = 0; each < 10; ++each)
    turn(here);
  EXPECT_FALSE(here.over);
  there.kernel.complete(-ECANCELED);
  settle();
  EXPECT_TRUE(here.over);
  EXPECT_FALSE(there.over);
  EXPECT_EQ(told_there, codes{errc::stopped}) << "why it was cancelled";
  EXPECT_EQ(ended, codes{error_code()});
}

TEST_F(shard_call_end, of_a_task_that_a_shard_gives_up_is_unknown) {
  call([](shard&) -> task<> { co_await forever(); });
  settle();
  stop(there);
  EXPECT_EQ(ended, codes{errc::outcome_unknown});
}

TEST_F(shard_call_end, on_the_own_shard_ends_with_it) {
  call([](shard&) -> task<> { co_await forever(); }, 0);
  settle();
  stop(here);
  EXPECT_TRUE(ended.empty()) << "both tasks were destroyed where they were";
}

} // namespace
} // namespace shardbridge::detail
