// Goal: whatever ends first, the notifier, a shard, a task or the execution context, who waits is let go once and no
// function is lost or destroyed twice. Method: see notifier_core_fixture.hpp.
#include "notifier_core_fixture.hpp"

namespace shardbridge::detail {
namespace {

TEST_F(notifier_core_test, what_is_refused_is_destroyed_at_once) {
  use({.capacity = 1, .max_waiters = 0});
  start(1);
  const auto alive = std::make_shared<int>();
  told out;
  post(
      shard, core, [alive] {}, out);
  shard.turn();
  EXPECT_EQ(out.failed, errc::no_room);
  EXPECT_EQ(alive.use_count(), 1);
  core->run();
}

TEST_F(notifier_core_test, close_lets_go_of_who_waits_and_calls_what_is_accepted) {
  for (int each = 1; each <= 4; ++each)
    start(each);
  core->close();
  EXPECT_FALSE(try_post(5));
  EXPECT_EQ(start(6).failed, errc::stopped);
  shard.turn();
  EXPECT_EQ(posts[2]->failed, errc::stopped);
  EXPECT_EQ(posts[3]->failed, errc::stopped);
  core->run();
  EXPECT_EQ(called, (numbers{1, 2}));
  EXPECT_EQ(core->stats().refused_stopped, 4U);
  core->close();
  expect_even();
}

TEST_F(notifier_core_test, who_waits_on_a_shard_that_stops_is_let_go) {
  start(1);
  start(2);
  const told& waits = start(3);
  const told& next = start(4, other);
  shard.stop();
  shard.turn();
  EXPECT_EQ(waits.failed, errc::stopped);
  EXPECT_EQ(start(5).failed, errc::stopped) << "though others may wait";
  core->run();
  other.turn();
  EXPECT_TRUE(next.ended && !next.failed);
  EXPECT_EQ(called, (numbers{1, 2, 4}));
  expect_even();
}

TEST_F(notifier_core_test, who_has_been_granted_room_is_not_let_go_any_more) {
  start(1);
  start(2);
  const told& granted = start(3);
  core->run();
  shard.stop(); // between the grant and the turn that takes who was woken
  EXPECT_EQ(called, (numbers{1, 2, 3})) << "and its function has gone";
  shard.turn();
  EXPECT_TRUE(granted.ended && !granted.failed);
  expect_even();
}

TEST_F(notifier_core_test, who_has_been_closed_out_is_not_withdrawn_again) {
  start(1);
  start(2);
  const told& waits = start(3);
  core->close();
  shard.stop();
  shard.turn();
  EXPECT_EQ(waits.failed, errc::stopped);
  EXPECT_EQ(core->stats().refused_stopped, 1U);
  core->run();
}

TEST_F(notifier_core_test, tasks_that_are_destroyed_where_they_were_woken_free_what_is_theirs) {
  const auto alive = std::make_shared<int>();
  told out;
  post(
      shard, core, [] { throw std::runtime_error("so that this drain calls but one"); }, out);
  shard.turn();
  start(2);
  const told& granted = start(3);
  post(
      shard, core, [alive] {}, out);
  shard.turn();
  EXPECT_THROW(core->run_one(), std::runtime_error);
  core->close();
  shard.take_woken();
  shard.destroy_tasks();
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_FALSE(granted.ended);
  core->run();
  EXPECT_EQ(called, (numbers{2, 3}));
  expect_even();
}

TEST_F(notifier_core_test, an_awaiter_that_is_never_awaited_destroys_its_function) {
  const auto alive = std::make_shared<int>();
  {
    const post_awaiter dropped(shard, core, make_notification([alive] {}));
  }
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_EQ(core->stats().accepted, 0U);
}

TEST_F(notifier_core_test, the_end_of_the_context_destroys_what_was_not_called) {
  const auto alive = std::make_shared<int>();
  told out;
  post(
      shard, core, [alive] {}, out);
  shard.turn();
  start(2);
  const told& waits = start(3);
  core->abandon();
  EXPECT_EQ(alive.use_count(), 1);
  shard.turn();
  EXPECT_EQ(waits.failed, errc::stopped);
  EXPECT_EQ(start(4).failed, errc::stopped);
  EXPECT_FALSE(try_post(5));
  EXPECT_TRUE(called.empty());
  EXPECT_EQ(core->stats().destroyed, 2U);
  core->run(); // changes nothing
  expect_even();
}

TEST_F(notifier_core_test, what_had_room_when_the_context_ended_is_destroyed) {
  ASSERT_TRUE(core->try_take_room());
  core->abandon();
  const auto alive = std::make_shared<int>();
  core->use_room(make_notification([alive] {}));
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_EQ(core->posted(), 0);
  expect_even();
}

TEST_F(notifier_core_test, who_waits_keeps_the_core) {
  start(1);
  start(2);
  const told& waits = start(3);
  const std::weak_ptr<notifier_core> watched = core;
  core->close(); // as the notifier's destructor
  core.reset();
  EXPECT_FALSE(watched.expired());
  shard.turn();
  EXPECT_EQ(waits.failed, errc::stopped);
  EXPECT_TRUE(watched.expired()) << "and what no drain has called went with it";
}

} // namespace
} // namespace shardbridge::detail
