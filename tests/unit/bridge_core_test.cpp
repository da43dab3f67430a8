// Goal: the Asio side of a bridge without Asio: permits, the way to the shard and back, the role, cancels, stop, the
// end of the context. Method: what needs an executor is only counted; the test is the shard at the other end of the
// connection.
#include "bridge_core_fixture.hpp"

#include <thread>

namespace shardbridge::detail {
namespace {

TEST_F(bridge_core_test, sends_and_delivers) {
  test_operation& op = initiate(10);
  const auto sent = requests();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(&sent[0].op(), &op);
  EXPECT_EQ(sent[0].what(), meaning::request);
  EXPECT_EQ(core->waits, 1) << "while it is outstanding";
  reply(op);
  core->woken();
  expect_ended(op, delivery::invoke);
  EXPECT_EQ(core->stats().accepted, 1U);
  EXPECT_EQ(core->stats().completed, 1U);
  EXPECT_EQ(core->stats().ops, 0U);
  EXPECT_EQ(core->waits, 1) << "nothing is outstanding, so nothing is waited for";
  EXPECT_EQ(core->posted_drains, 0);
}

TEST_F(bridge_core_test, drains_at_once_what_came_before_the_wait) {
  test_operation& first = initiate(1);
  reply(first);
  core->woken();
  // A reply between the push and the wait: nobody slept, so nobody is woken.
  connections[0]->wakes.producer_wake->publish();
  test_operation& second = initiate(1);
  EXPECT_EQ(core->posted_drains, 1);
  reply(second);
  core->drain();
  expect_ended(second, delivery::invoke);
}

TEST_F(bridge_core_test, refuses_at_once) {
  expect_ended(initiate(101), delivery::immediate, op_result::of(errc::too_large));
  for (int each = 0; each < 4; ++each)
    initiate(1);
  expect_ended(initiate(1), delivery::immediate, op_result::of(errc::no_room));
  EXPECT_EQ(core->stats().refused, 2U);
  EXPECT_EQ(core->stats().waiting, 2U);
  EXPECT_EQ(requests().size(), 2U);
}

TEST_F(bridge_core_test, sends_who_waited_when_a_permit_comes_back) {
  test_operation& first = initiate(60);
  test_operation& second = initiate(60, 1000);
  EXPECT_EQ(core->timer, 1000);
  ASSERT_EQ(requests().size(), 1U);
  reply(first);
  core->woken();
  const auto sent = requests();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(&sent[0].op(), &second);
  EXPECT_EQ(core->timer, never);
  EXPECT_EQ(core->waits, 2);
}

TEST_F(bridge_core_test, expires_who_waits) {
  initiate(60);
  test_operation& late = initiate(60, 1);
  test_operation& later = initiate(60, INT64_MAX - 1);
  core->expire_waiters();
  expect_ended(late, delivery::post, op_result::of(errc::expired_waiting));
  EXPECT_EQ(later.delivered, 0);
  EXPECT_EQ(core->timer, later.deadline);
  EXPECT_EQ(core->stats().expired_waiting, 1U);
}

TEST_F(bridge_core_test, cancels_who_waits) {
  initiate(60);
  test_operation& waiting = make(60);
  waiting.cancellable = true;
  core->initiate(waiting);
  core->cancel(waiting, cancel_kind::unless_started);
  expect_ended(waiting, delivery::post, aborted);
  EXPECT_EQ(core->stats().waiting, 0U);
}

// The first was too large for the room there was; the next one is not.
TEST_F(bridge_core_test, admits_the_next_when_the_first_of_the_waiters_is_cancelled) {
  initiate(60);
  test_operation& large = initiate(80);
  initiate(30);
  ASSERT_EQ(requests().size(), 1U);
  core->cancel(large, cancel_kind::any);
  EXPECT_EQ(requests().size(), 1U);
  EXPECT_EQ(core->stats().waiting, 0U);
}

TEST_F(bridge_core_test, admits_the_next_when_the_first_of_the_waiters_expires) {
  initiate(60);
  initiate(80, 1);
  initiate(30);
  ASSERT_EQ(requests().size(), 1U);
  core->expire_waiters();
  EXPECT_EQ(requests().size(), 1U);
}

TEST_F(bridge_core_test, admits_the_next_when_the_first_of_the_waiters_is_cancelled_with_its_file) {
  const test_file file(true);
  initiate(60);
  test_operation& large = make(80);
  large.file = &*file;
  core->initiate(large);
  initiate(30);
  ASSERT_EQ(requests().size(), 1U);
  core->cancel_file(*file);
  expect_ended(large, delivery::post, aborted);
  std::size_t sent = 0;
  for (const lane_item& each : requests()) {
    if (each.op().silent)
      each.op().deliver(nullptr, delivery::destroy);
    else
      ++sent;
  }
  EXPECT_EQ(sent, 1U);
}

TEST_F(bridge_core_test, sends_one_order_at_a_time_however_often_a_file_is_cancelled) {
  const test_file file(true);
  for (int round = 0; round < 2; ++round) {
    core->cancel_file(*file);
    core->cancel_file(*file);
    const auto sent = requests();
    ASSERT_EQ(sent.size(), 1U);
    file->order_taken(0);
    sent[0].op().deliver(nullptr, delivery::destroy);
  }
  EXPECT_EQ(file->epoch(), 4U);
  EXPECT_TRUE(file->only_user());
}

TEST_F(bridge_core_test, tells_the_shard_to_cancel_what_was_sent) {
  test_operation& op = make(1);
  op.cancellable = true;
  core->initiate(op);
  core->cancel(op, cancel_kind::any);
  const auto sent = requests();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(&sent[1].op(), &op);
  EXPECT_EQ(sent[1].what(), meaning::cancel);
}

// It is answered and freed on another thread, so no message may ever name it.
TEST_F(bridge_core_test, says_nothing_to_the_shard_about_what_was_cancelled_before_it_was_sent) {
  test_operation& op = make(1);
  op.cancellable = true;
  core->cancel(op, cancel_kind::any);
  core->initiate(op);
  expect_ended(op, delivery::post, aborted);
  core->cancel(op, cancel_kind::any);
  EXPECT_EQ(requests().size(), 0U);
  EXPECT_EQ(core->stats().ops, 0U);
}

TEST_F(bridge_core_test, does_not_queue_what_was_cancelled_before_it_came) {
  initiate(100);
  test_operation& op = make(1);
  op.cancellable = true;
  core->cancel(op, cancel_kind::any);
  core->initiate(op);
  expect_ended(op, delivery::immediate, aborted);
  EXPECT_EQ(core->stats().waiting, 0U);
}

TEST_F(bridge_core_test, frees_its_orders_behind_the_end_of_the_shard) {
  const test_file file(true);
  group->ports[0].wake().word().close();
  core->cancel_file(*file);
  EXPECT_TRUE(file->only_user());
  EXPECT_EQ(requests().size(), 0U);
}

TEST_F(bridge_core_test, answers_itself_behind_the_end_of_the_shard) {
  group->ports[0].wake().word().close();
  expect_ended(initiate(1), delivery::post, stopped);
  EXPECT_EQ(core->stats().ops, 0U);
  EXPECT_EQ(core->stats().accepted, core->stats().completed);
}

// The wait for replies that will never come would keep the execution context from running out of work.
TEST_F(bridge_core_test, ends_the_wait_for_what_it_answers_itself) {
  test_operation& unseen = initiate(1);
  ASSERT_EQ(core->waits, 1);
  group->ports[0].wake().word().close();
  initiate(1);
  expect_ended(unseen, delivery::post, stopped);
  EXPECT_EQ(core->stats().ops, 0U);
  EXPECT_EQ(core->stats().wakes, 1U);
  core->woken();
  EXPECT_EQ(core->waits, 1);
}

TEST_F(bridge_core_test, looks_for_replies_before_it_waits_for_the_descriptor) {
  use({.spin = std::chrono::seconds(1)});
  test_operation& first = initiate(1);
  test_operation& second = initiate(1);
  reply(first);
  ASSERT_EQ(core->waits, 1);
  std::thread shard([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    reply(second);
  });
  core->woken();
  shard.join();
  expect_ended(first, delivery::invoke);
  expect_ended(second, delivery::invoke);
  EXPECT_EQ(core->waits, 1) << "it did not wait for the second";
  EXPECT_EQ(core->stats().looks_hit, 1U);
  EXPECT_EQ(core->stats().sleeps, 1U);
  EXPECT_EQ(core->stats().reply_batches, 2U);
  EXPECT_EQ(core->stats().wakes, 1U);
  EXPECT_EQ(core->stats().wakes_skipped, 1U);
  requests();
}

TEST_F(bridge_core_test, counts_a_wake_for_nothing) {
  test_operation& sent = initiate(1);
  core->woken();
  EXPECT_EQ(core->stats().wakes_spurious, 1U);
  reply(sent);
  core->woken();
  expect_ended(sent, delivery::invoke);
  EXPECT_EQ(core->stats().wakes_spurious, 1U);
}

TEST_F(bridge_core_test, stops_accepting) {
  test_operation& sent = initiate(60);
  test_operation& waiting = initiate(60);
  core->stop();
  expect_ended(waiting, delivery::post, stopped);
  expect_ended(initiate(1), delivery::immediate, stopped);
  reply(sent);
  core->woken();
  expect_ended(sent, delivery::invoke);
  EXPECT_EQ(requests().size(), 1U);
}

TEST_F(bridge_core_test, calls_quick_handlers_of_a_batch_where_it_took_them) {
  use({.spin = std::chrono::nanoseconds(0)});
  for (int each = 0; each < 40; ++each)
    initiate(1).handler = [] { test_clock::advance(std::chrono::microseconds(2)); };
  requests();
  for (test_operation& each : operations)
    reply(each);
  core->woken();
  for (const test_operation& each : operations)
    expect_ended(each, delivery::invoke);
  EXPECT_EQ(core->posted_drains, 0);
}

TEST_F(bridge_core_test, posts_the_rest_of_a_batch_whose_handlers_turn_out_slow) {
  use({.spin = std::chrono::nanoseconds(0)});
  for (int each = 0; each < 40; ++each)
    initiate(1).handler = [] { test_clock::advance(std::chrono::microseconds(60)); };
  requests();
  for (test_operation& each : operations)
    reply(each);
  core->woken();
  for (std::size_t each = 0; each < operations.size(); ++each)
    expect_ended(operations[each], each < 2 ? delivery::invoke : delivery::post);
  EXPECT_EQ(core->posted_drains, 1);
  core->drain();
  EXPECT_EQ(core->stats().ops, 0U);
}

TEST_F(bridge_core_test, lets_others_have_the_thread_when_it_has_drained_for_long) {
  test_operation& first = initiate(1);
  test_operation& second = initiate(1);
  requests();
  first.handler = [&] {
    test_clock::advance(std::chrono::milliseconds(1));
    reply(second);
  };
  reply(first);
  core->woken();
  EXPECT_EQ(core->posted_drains, 1);
  EXPECT_EQ(second.delivered, 0);
  core->drain();
  expect_ended(second, delivery::invoke);
}

TEST_F(bridge_core_test, destroys_what_it_has_when_its_context_ends) {
  test_operation& sent = initiate(60);
  test_operation& waiting = initiate(60);
  reply(sent);
  core->abandon();
  for (const test_operation* each : {&sent, &waiting}) {
    EXPECT_EQ(each->delivered, 1);
    EXPECT_EQ(each->how, delivery::destroy);
  }
  EXPECT_EQ(core->stats().ops, 0U);
  for (const lane_item& each : requests())
    if (each.op().silent) each.op().deliver(nullptr, delivery::destroy);
}

} // namespace
} // namespace shardbridge::detail
