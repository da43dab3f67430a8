// Goal: tasks on a shard run in their turn, their operations go through the loop like any other, and a stop ends all of
// it: what waits is told, what is in the kernel or with another thread is waited for, what is left is destroyed.
// Method: tasks started by a call, with the test as kernel, as other thread and as bridge.
#include "shard_loop_tasks_fixture.hpp"

#include <stdexcept>

namespace shardbridge::detail {
namespace {

TEST_F(shard_loop_tasks, do_not_run_inside_spawn) {
  call([&](shard& on) {
    on.spawn([](steps& to) -> task<> {
        to.push_back("task");
        co_return;
      }(seen))
        .detach();
    seen.push_back("spawned");
  });
  EXPECT_EQ(seen, (steps{"spawned", "task"}));
  EXPECT_EQ(counters.snapshot(0).tasks_started, 1U);
  EXPECT_EQ(counters.snapshot(0).tasks, 0U);
  stop();
}

task<> note_twice(shard& on, steps& to, const char* name) {
  to.push_back(name);
  co_await on.yield();
  to.push_back(name);
}

TEST_F(shard_loop_tasks, take_turns_when_they_yield) {
  call([&](shard& on) {
    on.spawn(note_twice(on, seen, "a")).detach();
    on.spawn(note_twice(on, seen, "b")).detach();
  });
  EXPECT_EQ(seen, (steps{"a", "b", "a", "b"}));
  stop();
}

TEST_F(shard_loop_tasks, are_joined_before_and_after_their_end) {
  spawn([&](shard& on) -> task<> {
    join_handle<int> slow = on.spawn(answer_after(on, 1));
    EXPECT_FALSE(slow.done());
    EXPECT_EQ(co_await std::move(slow).join(), 1);
    join_handle<int> done = on.spawn(answer_after(on, 2));
    while (!done.done())
      co_await on.yield();
    EXPECT_EQ(co_await std::move(done).join(), 2);
    seen.push_back("joined");
  });
  EXPECT_EQ(seen, steps{"joined"});
  stop();
}

task<> fail_after(shard& on) {
  co_await on.yield();
  throw std::runtime_error("as planned");
}

class shard_loop_task_failures : public shard_loop_tasks {
 public:
  shard_loop_task_failures() : shard_loop_tasks(telling(told)) {}
  static shard_group_options telling(steps& to) {
    auto out = sleeping_at_once();
    out.on_task_failure = [&to](const std::exception_ptr& why) {
      try {
        std::rethrow_exception(why);
      } catch (const std::exception& failure) {
        to.emplace_back(failure.what());
      }
    };
    return out;
  }
  std::uint64_t failures() const { return counters.snapshot(0).task_failures; }

  steps told;
};

TEST_F(shard_loop_task_failures, are_thrown_where_the_task_is_joined) {
  spawn([&](shard& on) -> task<> {
    join_handle<void> handle = on.spawn(fail_after(on));
    EXPECT_THROW(co_await std::move(handle).join(), std::runtime_error);
    seen.push_back("caught");
  });
  EXPECT_EQ(seen, steps{"caught"});
  EXPECT_EQ(failures(), 0U);
  stop();
}

TEST_F(shard_loop_task_failures, are_told_where_nobody_joins) {
  spawn([](shard& on) { return fail_after(on); });
  EXPECT_EQ(failures(), 1U);
  spawn([](shard& on) -> task<> {
    const join_handle<void> dropped_behind_the_end = on.spawn(fail_after(on));
    while (!dropped_behind_the_end.done())
      co_await on.yield();
  });
  EXPECT_EQ(failures(), 2U);
  EXPECT_EQ(told, (steps{"as planned", "as planned"}));
  stop();
}

TEST_F(shard_loop_tasks, have_operations_of_their_own) {
  spawn([&](shard& on) -> task<> {
    co_await on.nop();
    seen.push_back("done");
    try {
      co_await on.nop();
    } catch (const boost::system::system_error& failed) {
      EXPECT_EQ(failed.code(), boost::system::error_code(EIO, boost::system::system_category()));
      seen.push_back("failed");
    }
  });
  ASSERT_EQ(kernel.under_way.size(), 1U);
  EXPECT_EQ(kernel.under_way[0].what.code, op_code::nop);
  EXPECT_TRUE(seen.empty());
  complete(0);
  EXPECT_EQ(seen, steps{"done"});
  complete(-EIO);
  EXPECT_EQ(seen, (steps{"done", "failed"}));
  EXPECT_EQ(counters.snapshot(0).own_operations, 2U);
  EXPECT_EQ(counters.snapshot(0).requests, 1U) << "the call";
  stop();
}

TEST_F(shard_loop_tasks, wait_for_a_slot_like_anybody) {
  test_transfer first(op_code::write, *regular, {10});
  test_transfer second(op_code::write, *regular, {10});
  push_all({&first.op, &second.op});
  turn();
  spawn([&](shard& on) -> task<> {
    co_await on.nop();
    seen.push_back("done");
  });
  EXPECT_EQ(kernel.under_way.size(), 2U);
  EXPECT_EQ(counters.snapshot(0).backlog, 1U);
  complete(10);
  complete(0, 1);
  EXPECT_EQ(seen, steps{"done"});
  complete(10);
  EXPECT_EQ(replies(), (named{&first.op, &second.op}));
  stop();
}

TEST_F(shard_loop_tasks, are_woken_by_other_threads_in_the_order_of_the_wakes) {
  std::vector<remote_gate*> gates;
  call([&](shard& on) {
    for (const char* name : {"a", "b", "c"})
      on.spawn([](shard& self, auto& all, steps& to, const char* mine) -> task<> {
          remote_gate gate(self.runtime());
          all.push_back(&gate);
          if (co_await gate) to.push_back(mine);
        }(on, gates, seen, name))
          .detach();
  });
  ASSERT_EQ(gates.size(), 3U);
  gates[1]->wake();
  gates[0]->wake();
  turn();
  EXPECT_EQ(seen, (steps{"b", "a"}));
  gates[2]->wake();
  turn();
  EXPECT_EQ(seen, (steps{"b", "a", "c"}));
  stop();
}

TEST_F(shard_loop_tasks, see_the_highest_level_and_wait_for_a_lower_one) {
  using enum pressure_level;
  const auto other = join(port);
  connections.push_back(other);
  EXPECT_FALSE(joined->level.set(throttled));
  EXPECT_FALSE(other->level.set(suspended));
  spawn([&](shard& on) -> task<> {
    EXPECT_EQ(on.level(), suspended);
    co_await on.wait_level(suspended);
    seen.push_back("at once");
    co_await on.wait_level(throttled);
    EXPECT_EQ(on.level(), throttled);
    seen.push_back("throttled");
    co_await on.wait_level(normal);
    seen.push_back("normal");
  });
  EXPECT_EQ(seen, steps{"at once"});
  const auto set = [&](connection& of, pressure_level level) {
    EXPECT_TRUE(of.level.set(level)) << "it is watched";
    port.wake().publish();
    turn();
  };
  set(*other, normal);
  EXPECT_EQ(seen, (steps{"at once", "throttled"}));
  set(*other, throttled);
  set(*joined, normal);
  EXPECT_EQ(seen.size(), 2U) << "the other is throttled still";
  set(*other, normal);
  EXPECT_EQ(seen.back(), "normal");
  stop();
}

TEST_F(shard_loop_tasks, wait_no_more_for_the_level_of_a_bridge_that_has_gone) {
  EXPECT_FALSE(joined->level.set(pressure_level::suspended));
  spawn([&](shard& on) -> task<> {
    co_await on.wait_level(pressure_level::normal);
    seen.push_back("normal");
  });
  EXPECT_TRUE(seen.empty());
  port.detach(*joined);
  turn();
  EXPECT_EQ(seen, steps{"normal"});
  stop();
}

TEST_F(shard_loop_tasks, that_wait_are_told_of_a_stop) {
  EXPECT_FALSE(joined->level.set(pressure_level::suspended));
  call([&](shard& on) {
    on.spawn([](shard& self, steps& to) -> task<> {
        EXPECT_EQ(co_await error_of(self.wait_level(pressure_level::normal)), errc::stopped);
        to.push_back("stopped");
      }(on, seen))
        .detach();
    on.spawn([](shard& self, steps& to) -> task<> {
        remote_gate gate(self.runtime());
        EXPECT_FALSE(co_await gate);
        EXPECT_EQ(co_await error_of(self.yield()), errc::stopped);
        EXPECT_EQ(co_await error_of(self.nop()), errc::stopped);
        EXPECT_EQ(co_await error_of(self.wait_level(pressure_level::normal)), errc::stopped);
        to.push_back("stopped");
      }(on, seen))
        .detach();
  });
  EXPECT_TRUE(seen.empty());
  stop();
  EXPECT_EQ(seen, (steps{"stopped", "stopped"}));
}

TEST_F(shard_loop_tasks, are_waited_for_while_another_thread_may_touch_them) {
  remote_gate* gate = nullptr;
  spawn([&](shard& on) -> task<> {
    remote_gate mine(on.runtime());
    mine.lets_go = false;
    gate = &mine;
    EXPECT_TRUE(co_await mine);
    seen.push_back("woken");
  });
  port.request_stop();
  for (int each = 0; each < 5; ++each)
    ASSERT_TRUE(loop.turn()) << "it goes on";
  gate->wake();
  stop();
  EXPECT_EQ(seen, steps{"woken"});
}

TEST_F(shard_loop_tasks, are_waited_for_while_the_kernel_has_an_operation_of_theirs) {
  spawn([&](shard& on) -> task<> {
    co_await on.nop();
    seen.push_back("done");
  });
  port.request_stop();
  for (int each = 0; each < 5; ++each)
    ASSERT_TRUE(loop.turn()) << "it goes on";
  kernel.complete(0, 0);
  stop();
  EXPECT_EQ(seen, steps{"done"});
}

class shard_loop_left_tasks : public shard_loop_tasks {
 public:
  shard_loop_left_tasks() : shard_loop_tasks(impatient()) {}
};

TEST_F(shard_loop_left_tasks, are_destroyed_where_they_are_suspended) {
  const auto alive = std::make_shared<int>(0);
  const auto wait_for_ever = [](std::shared_ptr<int>) -> task<> { co_await forever(); };
  call([&](shard& on) {
    on.spawn(wait_for_ever(alive)).detach();
    on.spawn([](shard& self, auto make, std::shared_ptr<int> kept) -> task<> {
        co_await self.spawn(make(kept)).join();
      }(on, wait_for_ever, alive))
        .detach();
  });
  EXPECT_EQ(counters.snapshot(0).tasks, 3U);
  EXPECT_GT(alive.use_count(), 1);
  stop();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(shard_loop_left_tasks, are_destroyed_behind_their_last_operation) {
  const auto alive = std::make_shared<int>(0);
  spawn([&](shard& on) -> task<> {
    const std::shared_ptr<int> kept = alive;
    co_await on.nop();
    co_await forever();
  });
  port.request_stop();
  for (int each = 0; each < 5; ++each)
    ASSERT_TRUE(loop.turn());
  EXPECT_GT(alive.use_count(), 1) << "the kernel has an operation that lives in it";
  kernel.complete(0, 0);
  stop();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(shard_loop_left_tasks, are_destroyed_though_they_are_ready) {
  spawn([&](shard& on) -> task<> {
    for (;;) {
      try {
        co_await on.spawn(answer_after(on, 1)).join();
      } catch (const boost::system::system_error&) {
        // and goes on, as it should not
      }
    }
  });
  stop();
}

} // namespace
} // namespace shardbridge::detail
