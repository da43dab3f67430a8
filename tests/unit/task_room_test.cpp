// Goal: a task for which there is no room is refused and destroyed, and harms nobody; a task that is destroyed before
// its end leaves nothing behind that could run. Method: a shard without a loop that has room for two tasks.
#include "notifier_core_fixture.hpp"

#include <shardbridge/shard.hpp>

#include <memory>
#include <new>
#include <utility>

namespace shardbridge::detail {
namespace {

class task_room : public testing::Test {
 public:
  task<> keep(std::shared_ptr<int> what) {
    co_await on.yield();
    ++ended;
    what.reset();
  }
  static root run_called(shard_runtime&, int& ended) {
    ++ended;
    co_return;
  }
  /// As a bridge calls a task.
  void call() {
    runtime.make_room_for_task();
    run_called(runtime, ended);
  }

  fake_shard runtime{2};
  shard on{0, runtime};
  std::shared_ptr<int> alive = std::make_shared<int>();
  int ended = 0;
};

TEST_F(task_room, is_refused_beyond_the_most) {
  on.spawn(keep(alive)).detach();
  join_handle<void> second = on.spawn(keep(alive));
  EXPECT_THROW(on.spawn(keep(alive)).detach(), std::bad_alloc);
  EXPECT_THROW(call(), std::bad_alloc);
  EXPECT_EQ(alive.use_count(), 3) << "what was refused is gone";
  EXPECT_EQ(on.tasks(), 2U);
  runtime.turn();
  EXPECT_EQ(ended, 2) << "the others go on";
  EXPECT_TRUE(second.done());
  on.spawn(keep(alive)).detach();
  call();
  EXPECT_THROW(on.spawn(keep(alive)).detach(), std::bad_alloc);
  runtime.turn();
  EXPECT_EQ(ended, 4);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(task_room, comes_back_where_tasks_are_destroyed_and_they_do_not_run) {
  task<> first = keep(alive);
  join_handle<void> waits = on.spawn(std::move(first));
  const auto turn_until_it_waits = [this] { EXPECT_TRUE(runtime.resume_one()); };
  turn_until_it_waits();
  const join_handle<void> has_not_begun = on.spawn(keep(alive));
  const task_id destroyed = waits.id();
  runtime.destroy_tasks();
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_FALSE(waits.done());
  EXPECT_FALSE(on.abort(destroyed));
  waits.abort();
  runtime.turn();
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(on.tasks(), 0U);
  on.spawn(keep(alive)).detach();
  on.spawn(keep(alive)).detach();
  runtime.turn();
  EXPECT_EQ(ended, 2);
}

TEST_F(task_room, is_free_before_the_result_is_joined) {
  join_handle<void> first = on.spawn(keep(alive));
  join_handle<void> second = on.spawn(keep(alive));
  runtime.turn();
  on.spawn(keep(alive)).detach();
  const join_handle<void> third = on.spawn(keep(alive));
  EXPECT_NE(first.id(), third.id());
  EXPECT_NE(second.id(), third.id());
  runtime.turn();
  EXPECT_EQ(ended, 4);
}

} // namespace
} // namespace shardbridge::detail
