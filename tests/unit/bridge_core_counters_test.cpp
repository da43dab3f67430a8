// Goal: what did not succeed is counted by its cause and by how far it had come. Method: every way to end, with the
// counters after each.
#include "bridge_core_fixture.hpp"

#include <cerrno>

namespace shardbridge::detail {
namespace {

class bridge_core_counters_test : public bridge_core_test {
 public:
  void reply_with(op_result result) {
    test_operation& op = initiate(1);
    op.result = result;
    std::array<operation*, 1> batch{&op};
    ASSERT_TRUE(connections[0]->replies.push(batch));
    connections[0]->wakes.producer_wake->publish();
    core->woken();
    expect_ended(op, delivery::invoke, result);
    requests();
  }
  /// All that may be other than 0, in the order of bridge_stats.
  struct counted {
    std::uint64_t no_room = 0, too_large = 0, stopped = 0, expired_waiting = 0, expired_queued = 0;
    std::uint64_t expired_in_flight = 0, cancelled_waiting = 0, cancelled = 0, unknown = 0, failed = 0;
  };
  void expect(const counted& expected) const {
    const bridge_stats seen = core->stats();
    EXPECT_EQ(seen.refused_no_room, expected.no_room);
    EXPECT_EQ(seen.refused_too_large, expected.too_large);
    EXPECT_EQ(seen.refused_stopped, expected.stopped);
    EXPECT_EQ(seen.refused, expected.no_room + expected.too_large + expected.stopped);
    EXPECT_EQ(seen.expired_waiting, expected.expired_waiting);
    EXPECT_EQ(seen.expired_queued, expected.expired_queued);
    EXPECT_EQ(seen.expired_in_flight, expected.expired_in_flight);
    EXPECT_EQ(seen.cancelled_waiting, expected.cancelled_waiting);
    EXPECT_EQ(seen.cancelled, expected.cancelled);
    EXPECT_EQ(seen.outcome_unknown, expected.unknown);
    EXPECT_EQ(seen.failed, expected.failed);
  }
};

TEST_F(bridge_core_counters_test, count_refusals_by_their_cause) {
  initiate(101);
  expect({.too_large = 1});
  for (int each = 0; each < 5; ++each)
    initiate(1); // two are taken and two wait
  expect({.no_room = 1, .too_large = 1});
  core->stop();
  expect({.no_room = 1, .too_large = 1, .stopped = 2});
  initiate(1);
  initiate(101);
  expect({.no_room = 1, .too_large = 2, .stopped = 3});
  requests();
}

TEST_F(bridge_core_counters_test, count_permits_that_were_not_given) {
  EXPECT_FALSE(core->try_acquire(101));
  initiate(100);
  EXPECT_FALSE(core->try_acquire(1));
  core->stop();
  EXPECT_FALSE(core->try_acquire(1));
  expect({.no_room = 1, .too_large = 1, .stopped = 1});
  requests();
}

TEST_F(bridge_core_counters_test, count_those_that_waited_in_vain) {
  const test_file file(true);
  initiate(100);
  initiate(1, 1);
  core->expire_waiters();
  expect({.expired_waiting = 1});
  test_operation& cancelled = make(1);
  cancelled.cancellable = true;
  core->initiate(cancelled);
  core->cancel(cancelled, cancel_kind::any);
  expect({.expired_waiting = 1, .cancelled_waiting = 1});
  test_operation& cancelled_before = make(1);
  cancelled_before.cancellable = true;
  core->cancel(cancelled_before, cancel_kind::any);
  core->initiate(cancelled_before);
  expect({.expired_waiting = 1, .cancelled_waiting = 2});
  for (int each = 0; each < 2; ++each) {
    test_operation& of_file = make(1);
    of_file.file = &*file;
    core->initiate(of_file);
  }
  core->cancel_file(*file);
  expect({.expired_waiting = 1, .cancelled_waiting = 4});
  EXPECT_EQ(core->stats().accepted, 1U);
  EXPECT_EQ(core->stats().completed, 0U);
  for (const lane_item& each : requests())
    if (each.op().silent) each.op().deliver(nullptr, delivery::destroy);
}

TEST_F(bridge_core_counters_test, count_replies_by_what_became_of_them) {
  reply_with({result_kind::success, 0, 7});
  reply_with({result_kind::end_of_file, 0, 3});
  reply_with({result_kind::already_open, 0, 0});
  expect({});
  reply_with({result_kind::system_error, EIO, 0});
  expect({.failed = 1});
  reply_with(aborted);
  expect({.cancelled = 1, .failed = 1});
  reply_with(op_result::of(errc::expired_queued));
  expect({.expired_queued = 1, .cancelled = 1, .failed = 1});
  reply_with(op_result::of(errc::expired_in_flight, 5)); // with some bytes moved
  expect({.expired_queued = 1, .expired_in_flight = 1, .cancelled = 1, .failed = 1});
  reply_with(op_result::of(errc::outcome_unknown));
  expect({.expired_queued = 1, .expired_in_flight = 1, .cancelled = 1, .unknown = 1, .failed = 1});
  EXPECT_EQ(core->stats().accepted, 8U);
  EXPECT_EQ(core->stats().completed, 8U);
}

TEST_F(bridge_core_counters_test, count_what_was_accepted_and_cancelled_before_it_was_sent) {
  test_operation& op = make(1);
  op.cancellable = true;
  core->cancel(op, cancel_kind::any);
  core->initiate(op);
  expect({.cancelled = 1});
  EXPECT_EQ(core->stats().accepted, 1U);
  EXPECT_EQ(core->stats().completed, 1U);
}

} // namespace
} // namespace shardbridge::detail
