// Goal: who waits for a level is answered by whoever brings it, changes are handed to be told once, and patient
// operations give their share back. Method: two permits, both of which make the level suspended and one of which leaves
// it normal; the test is the shard.
#include "bridge_core_fixture.hpp"

#include <array>
#include <chrono>
#include <optional>

namespace shardbridge::detail {
namespace {

using enum pressure_level;

class bridge_core_pressure_test : public bridge_core_test {
 public:
  test_operation& wait_for(pressure_level at_most, std::int64_t deadline = never) {
    test_operation& op = operations.emplace_back(op_code::wait_level);
    op.offset = static_cast<std::uint64_t>(at_most);
    op.deadline = deadline;
    core->initiate(op);
    return op;
  }
  /// So full that a wait for normal waits.
  void fill() {
    first = &initiate(1);
    second = &initiate(1);
    ASSERT_EQ(core->level(), suspended);
  }
  void come_back(test_operation& op) {
    reply(op);
    core->woken();
    expect_ended(op, delivery::invoke);
  }
  void expect_uncounted() const {
    const bridge_stats seen = core->stats();
    EXPECT_EQ(seen.accepted, 2U);
    EXPECT_EQ(seen.waiting, 0U);
    EXPECT_EQ(seen.refused, 0U);
    EXPECT_EQ(seen.expired_waiting, 0U);
    EXPECT_EQ(seen.cancelled_waiting, 0U);
    EXPECT_EQ(seen.cancelled, 0U);
  }

  test_operation* first = nullptr;
  test_operation* second = nullptr;
};

TEST_F(bridge_core_pressure_test, answers_by_posting_what_waits_for_a_level_that_is_there) {
  expect_ended(wait_for(normal), delivery::immediate);
  EXPECT_EQ(requests().size(), 0U) << "it is not for a shard";
  EXPECT_EQ(core->waits, 0);
  EXPECT_EQ(core->stats().accepted, 0U);
  fill();
  expect_ended(wait_for(suspended), delivery::immediate);
}

TEST_F(bridge_core_pressure_test, answers_who_waits_when_a_reply_brings_the_level) {
  fill();
  const test_operation& wait = wait_for(normal);
  EXPECT_EQ(wait.delivered, 0);
  come_back(*first);
  expect_ended(wait, delivery::post);
  EXPECT_EQ(requests().size(), 2U);
  expect_uncounted();
}

TEST_F(bridge_core_pressure_test, answers_who_waits_when_what_cannot_be_sent_brings_the_level) {
  fill();
  const test_operation& wait = wait_for(normal);
  group->ports[0].wake().word().close();
  core->cancel_file(*test_file(true)); // the first to find out that the shard is gone
  expect_ended(*first, delivery::post, stopped);
  expect_ended(wait, delivery::post);
}

TEST_F(bridge_core_pressure_test, takes_the_deadline_back_of_a_wait_that_is_over) {
  fill();
  wait_for(normal, INT64_MAX - 1);
  EXPECT_EQ(core->timer, INT64_MAX - 1);
  come_back(*first);
  EXPECT_EQ(core->timer, never) << "run() would have work for as long";
}

TEST_F(bridge_core_pressure_test, expires_a_wait) {
  fill();
  const test_operation& late = wait_for(normal, 1);
  const test_operation& later = wait_for(normal, INT64_MAX - 1);
  core->expire_waiters();
  expect_ended(late, delivery::post, op_result::of(errc::expired_waiting));
  EXPECT_EQ(later.delivered, 0);
  EXPECT_EQ(core->timer, later.deadline);
  expect_uncounted();
}

TEST_F(bridge_core_pressure_test, cancels_a_wait) {
  fill();
  test_operation& wait = operations.emplace_back(op_code::wait_level);
  wait.cancellable = true;
  core->initiate(wait);
  core->cancel(wait, cancel_kind::unless_started);
  expect_ended(wait, delivery::post, aborted);
  test_operation& cancelled_before = operations.emplace_back(op_code::wait_level);
  cancelled_before.cancellable = true;
  core->cancel(cancelled_before, cancel_kind::any);
  core->initiate(cancelled_before);
  expect_ended(cancelled_before, delivery::immediate, aborted);
  come_back(*first);
  EXPECT_EQ(wait.delivered, 1);
  expect_uncounted();
}

TEST_F(bridge_core_pressure_test, stops_waits) {
  fill();
  const test_operation& wait = wait_for(normal, INT64_MAX - 1);
  core->stop();
  expect_ended(wait, delivery::post, stopped);
  expect_ended(wait_for(suspended), delivery::immediate, stopped);
  EXPECT_EQ(core->timer, never);
  expect_uncounted();
}

TEST_F(bridge_core_pressure_test, destroys_waits_when_its_context_ends) {
  fill();
  const test_operation& wait = wait_for(normal);
  core->observe_changes(true);
  reply(*first);
  reply(*second);
  core->abandon();
  for (const test_operation* each : {static_cast<const test_operation*>(first), &wait}) {
    EXPECT_EQ(each->delivered, 1);
    EXPECT_EQ(each->how, delivery::destroy);
  }
  EXPECT_EQ(core->posted_changes, 0) << "nobody is left to tell";
  for (const lane_item& each : requests())
    if (each.op().silent) each.op().deliver(nullptr, delivery::destroy);
}

TEST_F(bridge_core_pressure_test, has_changes_told_by_one_at_a_time) {
  core->observe_changes(true);
  fill();
  EXPECT_EQ(core->posted_changes, 1);
  come_back(*first);
  EXPECT_EQ(core->posted_changes, 1) << "whoever tells the first finds the second";
  EXPECT_EQ(core->fetch_change(), suspended);
  EXPECT_EQ(core->fetch_change(), normal);
  initiate(1);
  EXPECT_EQ(core->posted_changes, 1) << "he does not know yet that there was nothing more";
  EXPECT_EQ(core->fetch_change(), suspended);
  EXPECT_EQ(core->fetch_change(), std::nullopt);
  come_back(*second);
  EXPECT_EQ(core->posted_changes, 2);
  requests();
}

TEST_F(bridge_core_pressure_test, has_nothing_told_to_nobody) {
  fill();
  come_back(*first);
  EXPECT_EQ(core->posted_changes, 0);
}

TEST_F(bridge_core_pressure_test, has_changes_told_that_a_granted_waiter_makes) {
  core->observe_changes(true);
  fill();
  initiate(1); // waits
  come_back(*first);
  for (const pressure_level each : {suspended, normal, suspended})
    EXPECT_EQ(core->fetch_change(), each);
  EXPECT_EQ(core->fetch_change(), std::nullopt);
  EXPECT_EQ(requests().size(), 3U);
}

TEST_F(bridge_core_pressure_test, tells_of_the_level_in_its_stats) {
  const auto begin = std::chrono::steady_clock::now();
  fill();
  come_back(*first);
  initiate(1);
  const bridge_stats seen = core->stats();
  EXPECT_EQ(seen.level, suspended);
  EXPECT_EQ(seen.level_entered, (std::array<std::uint64_t, 3>{1, 0, 2}));
  EXPECT_EQ(seen.time_in_level[1].count(), 0);
  EXPECT_GT(seen.time_in_level[2].count(), 0);
  EXPECT_LT(seen.time_in_level[2], std::chrono::steady_clock::now() - begin);
  EXPECT_EQ(seen.max_ops, 2U);
  EXPECT_EQ(seen.max_bytes, 100U);
  requests();
}

TEST_F(bridge_core_pressure_test, gives_the_share_of_the_patient_back) {
  use({.max_ops = 3, .max_bytes = 100, .reserved_ops = 2, .spin = std::chrono::nanoseconds(0)});
  const auto initiate_patient = [this]() -> test_operation& {
    test_operation& op = make(1);
    op.patient = true;
    core->initiate(op);
    return op;
  };
  test_operation& taken = initiate_patient();
  test_operation& aside = initiate_patient();
  EXPECT_EQ(requests().size(), 1U);
  come_back(taken);
  EXPECT_EQ(requests().size(), 1U);
  EXPECT_EQ(core->stats().waiting, 0U);
  come_back(aside);
  group->ports[0].wake().word().close();
  for (int each = 0; each < 3; ++each)
    expect_ended(initiate_patient(), delivery::post, stopped);
}

} // namespace
} // namespace shardbridge::detail
