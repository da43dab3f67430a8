// Goal: a permit admits one operation that fits it, of its own bridge, and its room comes back in every other case.
// Method: two permits of 100 bytes in all; the test is the shard.
#include "bridge_core_fixture.hpp"

#include <type_traits>
#include <utility>

namespace shardbridge::detail {
namespace {

class bridge_core_permit_test : public bridge_core_test {
 public:
  using named = std::vector<operation*>;
  permit acquire(std::size_t bytes) {
    permit out = core->try_acquire(bytes);
    EXPECT_TRUE(out);
    EXPECT_EQ(out.bytes(), bytes);
    return out;
  }
  test_operation& initiate_with(permit taken, std::uint64_t bytes) {
    test_operation& op = make(bytes);
    core->initiate(op, std::move(taken));
    return op;
  }
  void expect_sent(const named& expected) {
    named seen;
    for (const lane_item& each : requests())
      seen.push_back(&each.op());
    EXPECT_EQ(seen, expected);
  }
  /// The permits were published like replies, so that whoever takes the role looks before it waits.
  void drain_posted() {
    EXPECT_EQ(core->posted_drains, 1);
    core->drain();
  }
  void expect_out(std::uint64_t ops, std::uint64_t bytes) const {
    EXPECT_EQ(core->stats().ops, ops);
    EXPECT_EQ(core->stats().bytes, bytes);
  }
};

TEST_F(bridge_core_permit_test, holds_room_and_is_no_operation) {
  const permit held = acquire(60);
  expect_out(1, 60);
  EXPECT_EQ(core->stats().accepted, 0U);
  EXPECT_EQ(core->waits, 0) << "it is no work";
  EXPECT_EQ(core->posted_drains, 0);
}

TEST_F(bridge_core_permit_test, is_empty_without_room) {
  const permit none;
  EXPECT_FALSE(none);
  const permit held = acquire(60);
  EXPECT_FALSE(core->try_acquire(41));
  EXPECT_FALSE(core->try_acquire(101));
  const permit rest = acquire(40);
  EXPECT_FALSE(core->try_acquire(0));
}

TEST_F(bridge_core_permit_test, admits_an_operation_though_the_bridge_is_full_or_stopped) {
  permit held = acquire(60);
  permit another = acquire(40);
  core->stop();
  test_operation& op = initiate_with(std::move(held), 60);
  expect_sent({&op});
  drain_posted();
  EXPECT_EQ(core->waits, 1);
  reply(op);
  core->woken();
  expect_ended(op, delivery::invoke);
  expect_out(1, 40);
  EXPECT_EQ(core->waits, 1) << "what is left is no work";
}

TEST_F(bridge_core_permit_test, that_is_too_small_comes_back_and_the_operation_is_admitted_like_any_other) {
  test_operation& op = initiate_with(acquire(5), 10);
  expect_sent({&op});
  expect_out(1, 10);
  permit small = acquire(5);
  const test_operation& too_much = initiate_with(std::move(small), 95);
  EXPECT_EQ(too_much.where, operation::place::waiting);
  expect_out(1, 10);
}

TEST_F(bridge_core_permit_test, that_is_too_large_gives_the_rest_to_who_waits) {
  permit all = acquire(100);
  test_operation& waiting = initiate(60, INT64_MAX - 1);
  ASSERT_EQ(core->timer, INT64_MAX - 1);
  test_operation& op = initiate_with(std::move(all), 40);
  expect_sent({&op, &waiting});
  expect_out(2, 100);
  EXPECT_EQ(core->timer, never) << "run() would have work for as long";
}

TEST_F(bridge_core_permit_test, changes_the_level_with_the_rest) {
  core->observe_changes(true);
  permit all = acquire(100);
  EXPECT_EQ(core->posted_changes, 1);
  EXPECT_EQ(core->fetch_change(), pressure_level::suspended);
  EXPECT_EQ(core->fetch_change(), std::nullopt);
  initiate_with(std::move(all), 40);
  EXPECT_EQ(core->posted_changes, 2);
  EXPECT_EQ(core->fetch_change(), pressure_level::normal);
  requests();
}

TEST_F(bridge_core_permit_test, of_another_bridge_goes_back_there) {
  const auto other = std::make_shared<counting_core>(group, bridge_options{});
  test_operation& op = initiate_with(other->try_acquire(10), 10);
  expect_sent({&op});
  expect_out(1, 10);
  EXPECT_EQ(other->stats().ops, 0U);
  EXPECT_EQ(other->stats().accepted, 0U);
}

TEST_F(bridge_core_permit_test, that_is_empty_is_none) {
  test_operation& op = initiate_with(permit(), 10);
  expect_sent({&op});
  expect_out(1, 10);
}

TEST_F(bridge_core_permit_test, does_not_let_the_patient_exceed_their_share) {
  use({.max_ops = 3, .max_bytes = 100, .reserved_ops = 2, .spin = std::chrono::nanoseconds(0)});
  named sent;
  for (int each = 0; each < 2; ++each) {
    test_operation& op = make(1);
    op.patient = true;
    core->initiate(op, acquire(1));
    sent.push_back(&op);
  }
  EXPECT_EQ(sent[1]->where, operation::place::waiting_aside);
  expect_sent({sent[0]});
  expect_out(1, 1);
}

TEST_F(bridge_core_permit_test, is_not_for_a_wait_for_a_level) {
  permit held = acquire(60);
  initiate(40);
  test_operation& wait = operations.emplace_back(op_code::wait_level);
  core->initiate(wait, std::move(held));
  EXPECT_EQ(requests().size(), 1U) << "it goes to no shard";
  expect_out(1, 40);
  expect_ended(wait, delivery::immediate); // since the permit came back
}

TEST_F(bridge_core_permit_test, comes_back_with_an_operation_that_was_cancelled_before) {
  test_operation& op = make(10);
  op.cancellable = true;
  core->cancel(op, cancel_kind::any);
  core->initiate(op, acquire(10));
  expect_ended(op, delivery::post, aborted);
  expect_out(0, 0);
}

TEST_F(bridge_core_permit_test, comes_back_behind_the_end_of_the_shard) {
  group->ports[0].wake().word().close();
  expect_ended(initiate_with(acquire(10), 10), delivery::post, stopped);
  expect_out(0, 0);
}

TEST_F(bridge_core_permit_test, that_is_dropped_admits_who_waits) {
  permit held = acquire(100);
  test_operation& waiting = initiate(60, INT64_MAX - 1);
  held = permit();
  expect_sent({&waiting});
  expect_out(1, 60);
  EXPECT_EQ(core->timer, never);
  drain_posted();
  EXPECT_EQ(core->waits, 1) << "for its reply";
}

// For a moment it looked like an operation: whoever delivers may have gone to sleep for it.
TEST_F(bridge_core_permit_test, wakes_who_delivers_when_it_comes_and_when_it_goes) {
  test_operation& op = initiate(1);
  ASSERT_EQ(core->waits, 1);
  permit held = acquire(1);
  EXPECT_EQ(core->stats().wakes, 1U);
  core->woken();
  ASSERT_EQ(core->waits, 2);
  held = permit();
  EXPECT_EQ(core->stats().wakes, 2U);
  core->woken();
  reply(op);
  core->woken();
  EXPECT_EQ(core->waits, 3) << "nothing is outstanding";
  requests();
}

TEST_F(bridge_core_permit_test, does_not_hold_up_the_end_of_the_context) {
  permit held = acquire(10);
  test_operation& op = initiate(10);
  reply(op);
  core->abandon();
  EXPECT_EQ(op.how, delivery::destroy);
  expect_out(1, 10);
  held = permit();
  expect_out(0, 0);
  for (const lane_item& each : requests())
    if (each.op().silent) each.op().deliver(nullptr, delivery::destroy);
}

TEST_F(bridge_core_permit_test, keeps_the_core_alive) {
  const std::weak_ptr<counting_core> seen = core;
  permit held = acquire(10);
  core.reset();
  group.reset();
  EXPECT_FALSE(seen.expired());
  held = permit();
  EXPECT_TRUE(seen.expired());
}

TEST_F(bridge_core_permit_test, moves) {
  static_assert(!std::is_copy_constructible_v<permit> && std::is_nothrow_move_constructible_v<permit>);
  permit first = acquire(10);
  permit second(std::move(first));
  EXPECT_FALSE(first); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(first.bytes(), 0U);
  EXPECT_EQ(second.bytes(), 10U);
  permit third = acquire(20);
  third = std::move(second);
  expect_out(1, 10);
  EXPECT_EQ(third.bytes(), 10U);
  permit& same = third;
  third = std::move(same);
  EXPECT_EQ(third.bytes(), 10U) << "to itself";
  expect_out(1, 10);
}

} // namespace
} // namespace shardbridge::detail
