// Goal: a shard calls its hooks at every turn and before every sleep, bears what they throw, and does not sleep over
// what they begin. Method: hooks that count, spawn, throw and take their time, turn by turn.
#include "shard_loop_tasks_fixture.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>

namespace shardbridge::detail {
namespace {

struct hooks {
  int turns = 0;
  int idles = 0;
  int told = 0;
  std::function<void(shard&)> in_turn, in_idle;

  [[nodiscard]] shard_group_options options(shard_group_options out = shard_loop_tasks::sleeping_at_once()) {
    out.stall_bound = std::chrono::milliseconds(50);
    out.on_turn = [this](shard& on) {
      ++turns;
      if (in_turn) in_turn(on);
    };
    out.on_idle = [this](shard& on) {
      ++idles;
      if (in_idle) in_idle(on);
    };
    out.on_task_failure = [this](const std::exception_ptr&) { ++told; };
    return out;
  }
};

class shard_loop_hooks : public hooks, public shard_loop_tasks {
 public:
  shard_loop_hooks() : shard_loop_tasks(hooks::options()) {}
};

TEST_F(shard_loop_hooks, are_called_at_every_turn_and_before_every_sleep) {
  turn();
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(idles, 3);
  EXPECT_EQ(kernel.waits, 3);
  test_operation request(op_code::nop);
  push(request);
  kernel.on_enter = [this] {
    if (!kernel.under_way.empty() && kernel.under_way[0].entered) kernel.complete(0);
  };
  turn();
  EXPECT_EQ(replies(), named{&request});
  EXPECT_EQ(idles, kernel.waits);
  EXPECT_EQ(counters.snapshot(0).turns, static_cast<std::uint64_t>(turns));
  stop();
}

TEST_F(shard_loop_hooks, may_spawn_what_keeps_the_shard_awake) {
  turn();
  bool ran = false;
  in_idle = [&](shard& on) {
    in_idle = nullptr;
    const auto work = [](bool& run) -> task<> {
      run = true;
      co_return;
    };
    on.spawn(work(ran)).detach();
  };
  const int waits = kernel.waits;
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(kernel.waits, waits) << "it sleeps over a task that is ready";
  EXPECT_FALSE(ran);
  ASSERT_TRUE(loop.turn());
  EXPECT_TRUE(ran);
  EXPECT_EQ(kernel.waits, waits + 1);
  stop();
}

TEST_F(shard_loop_hooks, may_fail) {
  in_turn = in_idle = [](shard&) { throw std::runtime_error("as planned"); };
  ASSERT_TRUE(loop.turn());
  EXPECT_EQ(told, 2);
  EXPECT_EQ(counters.snapshot(0).task_failures, 2U);
  in_turn = in_idle = nullptr;
  turn();
  EXPECT_EQ(told, 2);
  stop();
}

TEST_F(shard_loop_hooks, that_take_long_are_stalls_in_calls) {
  in_turn = [](shard&) {
    for (const std::int64_t until = clock_now() + 100'000'000; clock_now() < until;) {
    }
  };
  ASSERT_TRUE(loop.turn());
  in_turn = nullptr;
  turn();
  EXPECT_GE(counters.snapshot(0).stalls, 1U);
  EXPECT_GE(counters.snapshot(0).stalls_in_calls, 1U);
  stop();
}

TEST_F(shard_loop_hooks, are_called_until_the_shard_has_ended) {
  const int before = turns;
  stop();
  EXPECT_GT(turns, before);
}

} // namespace
} // namespace shardbridge::detail
