// Goal: in its turns a shard divides itself among what bridges ask for, its own operations and its tasks, so that none
// starves another: one test for every pair, in both directions. Method: a crowd of the one that never ends, and one of
// the other at a time; counted is how much of the crowd goes before each. Functions and tasks that take their time are
// longer than a slice, so that one of them uses it up.
#include "shard_loop_fixture.hpp"

#include <functional>
#include <memory>

namespace shardbridge::detail {
namespace {

constexpr std::chrono::microseconds slice(20);
constexpr int rounds = 20;

void take_time() {
  for (const std::int64_t until = clock_now() + 2 * std::chrono::nanoseconds(slice).count(); clock_now() < until;) {
  }
}

class shard_loop_turns : public shard_loop_test {
 public:
  shard_loop_turns() : shard_loop_test(short_slices()) {}
  ~shard_loop_turns() override {
    over = true;
    port.request_stop();
    for (int each = 0; each < 1000 && loop.turn(); ++each)
      while (!kernel.under_way.empty())
        kernel.complete(0, 10);
    static_cast<void>(replies());
  }
  static shard_group_options short_slices() {
    auto out = sleeping_at_once();
    out.turn_slice = slice;
    return out;
  }

  void one_turn() {
    ASSERT_TRUE(loop.turn());
    static_cast<void>(replies());
  }
  /// The oldest submission ends, and the turn goes that sees it.
  void free_slot() {
    kernel.complete(0, 10);
    one_turn();
  }
  /// Turns, each with a slot that comes free, until `done()`: how many.
  int turns_until(const std::function<bool()>& done) {
    for (int each = 0; each < 100; ++each) {
      if (done()) return each;
      if (kernel.under_way.empty())
        one_turn();
      else
        free_slot();
    }
    ADD_FAILURE() << "starved";
    return 100;
  }

  template <class Function>
  void call(Function function) {
    calls.emplace_back(std::move(function));
    push(calls.back().op);
    one_turn();
  }
  /// Bridge traffic that waits for slots: more than the test lasts.
  void crowd_of_requests() {
    for (int each = 0; each < 500; ++each)
      push(transfers.emplace_back(op_code::write, *regular, std::vector<std::size_t>{10}).op);
    one_turn();
  }
  void crowd_of_calls() {
    for (int each = 0; each < 500; ++each)
      push(calls
               .emplace_back([this](shard&) {
                 ++called;
                 if (!over) take_time();
               })
               .op);
  }
  void crowd_of_own() {
    constexpr unsigned size = 50;
    call([this](shard& on) {
      for (unsigned each = 0; each < size; ++each)
        on.spawn(submit_for_ever(on)).detach();
    });
    while (counters.snapshot(0).own_operations < size)
      one_turn();
  }
  void crowd_of_tasks() {
    call([this](shard& on) {
      for (int each = 0; each < 2; ++each)
        on.spawn(compute_for_ever(on)).detach();
    });
  }

  task<> submit_for_ever(shard& on) {
    for (;;) {
      co_await on.nop();
      ++submitted;
    }
  }
  task<> compute_for_ever(shard& on) {
    for (;;) {
      take_time();
      ++computed;
      co_await on.yield();
    }
  }
  task<> submit_once(shard& on, bool& done) {
    co_await on.nop();
    done = true;
  }
  task<> run_once(bool& done) {
    done = true;
    co_return;
  }

  /// One request of a bridge that wants a slot, beside the crowd.
  int turns_of_request() {
    operation& op = transfers.emplace_back(op_code::write, *regular, std::vector<std::size_t>{10}).op;
    push(op);
    return turns_until([&] { return op.result == moved(10); });
  }
  /// One function that a bridge calls, which may start a task.
  int turns_of_call(const std::function<void(shard&)>& function) {
    push(calls.emplace_back(function).op);
    return turns_until([&op = calls.back().op] { return op.result == success; });
  }

  bool over = false;
  long called = 0, submitted = 0, computed = 0;
  std::deque<test_call> calls;
  std::deque<test_transfer> transfers;
};

// Bridge traffic starves nobody.

TEST_F(shard_loop_turns, requests_do_not_starve_own_operations) {
  crowd_of_requests();
  for (int each = 0; each < rounds; ++each) {
    bool done = false;
    call([&](shard& on) { on.spawn(submit_once(on, done)).detach(); });
    EXPECT_LE(turns_until([&] { return done; }), 5) << "behind two in the kernel and one whose turn it may be";
  }
}

TEST_F(shard_loop_turns, calls_do_not_starve_own_operations) {
  crowd_of_own();
  crowd_of_calls();
  const long before = submitted;
  for (int each = 0; each < rounds; ++each)
    free_slot();
  EXPECT_GE(submitted - before, rounds - 2);
  EXPECT_LT(called, 500) << "the crowd was there";
}

TEST_F(shard_loop_turns, requests_do_not_starve_tasks) {
  crowd_of_tasks();
  crowd_of_requests();
  const long before = computed;
  for (int each = 0; each < rounds; ++each)
    free_slot();
  EXPECT_GE(computed - before, rounds);
}

TEST_F(shard_loop_turns, calls_do_not_starve_tasks) {
  crowd_of_tasks();
  crowd_of_calls();
  const long before = computed;
  for (int each = 0; each < rounds; ++each)
    one_turn();
  EXPECT_GE(computed - before, rounds);
  EXPECT_LT(called, 500) << "the crowd was there";
}

// Nor do own operations.

TEST_F(shard_loop_turns, own_operations_do_not_starve_requests) {
  crowd_of_own();
  for (int each = 0; each < rounds; ++each)
    EXPECT_LE(turns_of_request(), 5) << "behind two in the kernel and one whose turn it may be";
}

TEST_F(shard_loop_turns, own_operations_do_not_starve_calls) {
  crowd_of_own();
  for (int each = 0; each < rounds; ++each)
    EXPECT_LE(turns_of_call([](shard&) {}), 1);
}

TEST_F(shard_loop_turns, own_operations_do_not_starve_tasks) {
  crowd_of_own();
  for (int each = 0; each < rounds; ++each) {
    bool done = false;
    turns_of_call([&](shard& on) { on.spawn(run_once(done)).detach(); });
    EXPECT_LE(turns_until([&] { return done; }), 3) << "behind those whose operations have ended, one a turn at least";
  }
}

// Nor do tasks.

TEST_F(shard_loop_turns, tasks_do_not_starve_requests) {
  crowd_of_tasks();
  for (int each = 0; each < rounds; ++each)
    EXPECT_LE(turns_of_request(), 2);
}

TEST_F(shard_loop_turns, tasks_do_not_starve_calls) {
  crowd_of_tasks();
  for (int each = 0; each < rounds; ++each)
    EXPECT_LE(turns_of_call([](shard&) {}), 1);
}

TEST_F(shard_loop_turns, tasks_do_not_starve_own_operations) {
  crowd_of_tasks();
  bool done = false;
  call([&](shard& on) { on.spawn(submit_once(on, done)).detach(); });
  EXPECT_LE(turns_until([&] { return done; }), 8) << "its task waits behind two others, before and after";
}

TEST_F(shard_loop_turns, tasks_that_wake_each_other_for_ever_do_not_starve_io) {
  call([this](shard& on) {
    for (int each = 0; each < 2; ++each)
      on.spawn([](shard_loop_turns& test, shard& self) -> task<> {
          for (;; ++test.computed)
            co_await self.yield();
        }(*this, on))
          .detach();
  });
  const long before = computed;
  for (int each = 0; each < rounds; ++each)
    EXPECT_LE(turns_of_request(), 2);
  EXPECT_GT(computed - before, 2 * rounds) << "they use their slices";
}

// Calls that have no time in one turn.

TEST_F(shard_loop_turns, calls_go_on_in_order_in_the_next_turn) {
  std::vector<int> order;
  for (int each = 0; each < 6; ++each)
    push(calls
             .emplace_back([&order, each](shard&) {
               take_time();
               order.push_back(each);
             })
             .op);
  one_turn();
  EXPECT_EQ(order, std::vector<int>{0});
  EXPECT_EQ(counters.snapshot(0).backlog, 5U);
  for (int each = 0; each < 5; ++each)
    one_turn();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(counters.snapshot(0).backlog, 0U);
}

TEST_F(shard_loop_turns, calls_that_wait_are_cancelled_and_stopped) {
  bool ran = false;
  const auto make = [&]() -> operation& { return calls.emplace_back([&ran](shard&) { ran = true; }).op; };
  push(calls.emplace_back([](shard&) { take_time(); }).op);
  operation& cancelled = make();
  make_cancellable(cancelled);
  push(cancelled);
  operation& queued = make();
  queued.deadline = clock_now() + hour;
  push(queued);
  cancel(cancelled);
  stop();
  EXPECT_EQ(cancelled.result, aborted);
  EXPECT_EQ(queued.result, stopped);
  EXPECT_FALSE(ran);
}

TEST_F(shard_loop_turns, calls_that_wait_too_long_are_not_begun) {
  bool ran = false;
  // With a deadline further ahead where the machine was too slow to queue it before that.
  for (std::int64_t ahead = 100'000; ahead < hour; ahead *= 4) {
    push(calls.emplace_back([](shard&) { take_time(); }).op);
    operation& late = calls.emplace_back([&ran](shard&) { ran = true; }).op;
    late.deadline = clock_now() + ahead;
    push(late);
    ASSERT_TRUE(loop.turn());
    const bool waits = late.where == place::backlog;
    while (clock_now() <= late.deadline) {
    }
    one_turn();
    EXPECT_EQ(late.result, expired_queued);
    if (waits) break;
  }
  EXPECT_FALSE(ran);
}

} // namespace
} // namespace shardbridge::detail
