// Goal: a task that is cancelled stops waiting, wherever it waits, and waits no more; what was done keeps its result.
// Method: tasks in every wait there is, cancelled between two turns, by their handle or as the call of a bridge.
#include "shard_loop_tasks_fixture.hpp"

#include <boost/asio/error.hpp>

#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::detail {
namespace {

using boost::system::error_code;

const error_code operation_aborted = boost::asio::error::operation_aborted;

class shard_loop_abort : public shard_loop_tasks {
 public:
  /// A task that waits for what `wait(shard&)` returns, notes what came of it, and tries to wait once more.
  template <class Wait>
  task<> waits(shard& on, Wait wait) {
    auto awaited = wait(on);
    errors.push_back(co_await error_of(awaited));
    auto again = on.yield();
    errors.push_back(co_await error_of(again));
  }
  template <class Wait>
  void start(Wait wait) {
    call([this, wait](shard& on) { handle.emplace(on.spawn(waits(on, wait))); });
    EXPECT_FALSE(handle->done());
  }
  void abort() {
    handle->abort();
    port.wake().publish(); // from another thread it would be a message
    turn();
  }
  void expect_aborted() {
    EXPECT_TRUE(handle->done());
    EXPECT_EQ(errors, (std::vector{operation_aborted, operation_aborted}));
  }

  std::vector<error_code> errors;
  std::optional<join_handle<void>> handle;
};

TEST_F(shard_loop_abort, cancels_what_is_in_the_kernel) {
  start([](shard& on) { return on.nop(); });
  abort();
  EXPECT_EQ(kernel.cancels_staged, 1);
  EXPECT_FALSE(handle->done()) << "the kernel has not let go";
  complete(-ECANCELED);
  expect_aborted();
  stop();
}

TEST_F(shard_loop_abort, leaves_what_was_done_its_result) {
  start([](shard& on) { return on.nop(); });
  abort();
  complete(0);
  EXPECT_EQ(errors, (std::vector{error_code(), operation_aborted}));
  stop();
}

TEST_F(shard_loop_abort, ends_what_waits_for_a_slot) {
  test_transfer first(op_code::write, *regular, {10});
  test_transfer second(op_code::write, *regular, {10});
  push_all({&first.op, &second.op});
  turn();
  start([](shard& on) { return on.nop(); });
  abort();
  expect_aborted();
  EXPECT_EQ(kernel.staged, 2);
  complete(10);
  complete(10);
  EXPECT_EQ(replies(), (named{&first.op, &second.op}));
  stop();
}

TEST_F(shard_loop_abort, ends_the_wait_for_a_level) {
  EXPECT_FALSE(joined->level.set(pressure_level::suspended));
  start([](shard& on) { return on.wait_level(pressure_level::normal); });
  abort();
  expect_aborted();
  EXPECT_TRUE(joined->level.set(pressure_level::normal));
  port.wake().publish();
  turn();
  stop();
}

TEST_F(shard_loop_abort, ends_a_join_and_not_the_task_that_was_joined) {
  std::optional<join_handle<void>> joined_task;
  start([&](shard& on) {
    joined_task.emplace(on.spawn([](shard& self, steps& to) -> task<> {
      co_await self.nop();
      to.push_back("goes on");
    }(on, seen)));
    return std::move(*joined_task).join();
  });
  abort();
  expect_aborted();
  complete(0);
  EXPECT_EQ(seen, steps{"goes on"});
  stop();
}

task<> through_gate(shard& on, remote_gate*& out, std::vector<error_code>& errors, bool lets_go) {
  remote_gate gate(on.runtime());
  gate.lets_go = lets_go;
  out = &gate;
  EXPECT_NE(co_await gate, lets_go);
  auto again = on.yield();
  errors.push_back(co_await error_of(again));
}

TEST_F(shard_loop_abort, ends_the_wait_for_another_thread_if_that_lets_go) {
  remote_gate* gate = nullptr;
  call([&](shard& on) { handle.emplace(on.spawn(through_gate(on, gate, errors, true))); });
  abort();
  EXPECT_EQ(errors, std::vector{operation_aborted});
  stop();
}

TEST_F(shard_loop_abort, waits_for_another_thread_that_does_not_let_go) {
  remote_gate* gate = nullptr;
  call([&](shard& on) { handle.emplace(on.spawn(through_gate(on, gate, errors, false))); });
  abort();
  EXPECT_TRUE(errors.empty());
  gate->wake();
  turn();
  EXPECT_EQ(errors, std::vector{operation_aborted});
  stop();
}

TEST_F(shard_loop_abort, of_a_task_that_has_not_begun_lets_it_begin) {
  call([this](shard& on) {
    handle.emplace(on.spawn(waits(on, [](shard& self) { return self.nop(); })));
    handle->abort();
  });
  expect_aborted();
  EXPECT_EQ(kernel.staged, 0);
  stop();
}

TEST_F(shard_loop_abort, of_a_task_by_itself_counts_from_its_next_wait) {
  call([this](shard& on) {
    handle.emplace(on.spawn([](shard& self, auto& mine, auto& to) -> task<> {
      co_await self.yield();
      mine->abort();
      auto next = self.nop();
      to.push_back(co_await error_of(next));
    }(on, handle, errors)));
  });
  EXPECT_EQ(errors, std::vector{operation_aborted});
  stop();
}

TEST_F(shard_loop_abort, of_a_task_that_has_ended_does_nothing) {
  start([](shard& on) { return on.nop(); });
  complete(0);
  ASSERT_TRUE(handle->done());
  abort();
  EXPECT_EQ(errors, (std::vector{error_code(), error_code()}));
  stop();
}

TEST_F(shard_loop_abort, reaches_tasks_inside_the_task) {
  start([](shard& on) {
    return [](shard& self) -> task<> { co_await [](shard& inner) -> task<> { co_await inner.nop(); }(self); }(on);
  });
  abort();
  complete(-ECANCELED);
  expect_aborted();
  stop();
}

/// A call that a task goes on with.
class shard_loop_abort_call : public shard_loop_abort {
 public:
  shard_loop_abort_call() {
    made.op.run = [](operation& op, shard& on) {
      on.runtime().make_room_for_task();
      op.scope = &goes_on(on.runtime(), op, on, *static_cast<std::vector<error_code>*>(op.subject)).scope();
      return false;
    };
    made.op.subject = &errors;
  }
  static root goes_on(shard_runtime& runtime, operation& op, shard& on, std::vector<error_code>& to) {
    auto first = on.nop();
    to.push_back(co_await error_of(first));
    auto second = on.yield();
    to.push_back(co_await error_of(second));
    runtime.end_call(op, {});
  }
  void expect_ended_with(error_code why) {
    EXPECT_EQ(replies(), named{&made.op});
    EXPECT_EQ(errors, (std::vector{why, why}));
  }

  test_call made{[](shard&) {}};
};

TEST_F(shard_loop_abort_call, comes_with_the_cancel_of_the_call) {
  make_cancellable(made.op);
  push(made.op);
  turn();
  ASSERT_TRUE(cancel(made.op));
  turn();
  complete(-ECANCELED);
  expect_ended_with(operation_aborted);
  stop();
}

TEST_F(shard_loop_abort_call, does_not_come_with_a_cancel_that_is_for_what_has_not_begun) {
  make_cancellable(made.op);
  push(made.op);
  turn();
  ASSERT_TRUE(cancel(made.op, cancel_kind::unless_started));
  turn();
  EXPECT_EQ(kernel.cancels_staged, 0);
  complete(0);
  expect_ended_with(error_code());
  stop();
}

TEST_F(shard_loop_abort_call, comes_with_its_deadline) {
  // Far enough ahead that its task begins before.
  made.op.deadline = clock_now() + 200'000'000;
  push(made.op);
  turn();
  ASSERT_EQ(kernel.under_way.size(), 1U);
  while (clock_now() <= made.op.deadline)
    std::this_thread::yield();
  turn();
  complete(-ECANCELED);
  expect_ended_with(errc::expired_in_flight);
  stop();
}

TEST_F(shard_loop_abort_call, comes_with_the_end_of_its_bridge) {
  test_operation order(op_code::cancel_bridge);
  order.silent = true;
  push(made.op);
  turn();
  push(order);
  turn();
  complete(-ECANCELED);
  expect_ended_with(operation_aborted);
  stop();
}

} // namespace
} // namespace shardbridge::detail
