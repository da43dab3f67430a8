// Goal: a sync that the kernel calls successful is answered when nothing that overlapped it can contradict it any more,
// and at its deadline at the latest. Method: two syncs of one file in the kernel, on one shard or two, ended in turn.
#include "shard_loop_fixture.hpp"

#include <cerrno>

namespace shardbridge::detail {
namespace {

class shard_loop_sync : public shard_loop_test {
 public:
  shard_loop_sync() {
    for (test_operation* each : {&first, &second})
      each->file = &*regular;
  }
  static constexpr op_result io_error{result_kind::system_error, EIO, 0};
  static constexpr op_result expired_in_flight = op_result::of(errc::expired_in_flight);

  test_operation first{op_code::sync_all};
  test_operation second{op_code::sync_data};
  bool still_running = false;
};

TEST_F(shard_loop_sync, a_success_waits_for_the_sync_that_it_overlapped) {
  push_all({&first, &second});
  turn();
  complete(0, 1);
  EXPECT_EQ(second.where, place::parked);
  EXPECT_TRUE(replies().empty());
  EXPECT_EQ(counters.in_flight.get(), 1U) << "it has left the kernel";
  complete(-EIO);
  EXPECT_EQ(replies(), (named{&first, &second}));
  EXPECT_EQ(first.result, io_error);
  EXPECT_EQ(second.result, io_error);
}

TEST_F(shard_loop_sync, and_is_one_if_that_succeeds) {
  push_all({&first, &second});
  turn();
  complete(0, 1);
  complete(0);
  EXPECT_EQ(replies(), (named{&first, &second}));
  EXPECT_EQ(second.result, success);
}

TEST_F(shard_loop_sync, an_error_is_reported_by_every_later_sync_of_the_file) {
  for (test_operation* const each : {&first, &second}) {
    push(*each);
    turn();
    complete(each == &first ? -EIO : 0);
    EXPECT_EQ(replies(), named{each});
    EXPECT_EQ(each->result, io_error);
  }
  test_operation other(op_code::sync_all);
  other.file = &*pipe;
  push(other);
  turn();
  complete(0);
  EXPECT_EQ(replies(), named{&other});
  EXPECT_EQ(other.result, success) << "another file's";
}

TEST_F(shard_loop_sync, an_error_that_comes_when_its_operation_was_answered_is_kept) {
  take_and_let_expire(first);
  turn();
  EXPECT_EQ(replies(), named{&first});
  complete(-EIO);
  push(second);
  turn();
  complete(0);
  EXPECT_EQ(replies(), named{&second});
  EXPECT_EQ(second.result, io_error);
}

TEST_F(shard_loop_sync, what_waits_for_another_expires) {
  push(first);
  take_and_let_expire(second, [this] {
    kernel.enter(driver::no_wait);
    kernel.complete(1, 0);
    still_running = loop.turn();
  });
  turn();
  ASSERT_TRUE(still_running);
  EXPECT_EQ(replies(), named{&second});
  EXPECT_EQ(second.result, expired_in_flight);
  complete(0);
  EXPECT_EQ(replies(), named{&first});
}

TEST_F(shard_loop_sync, what_waits_for_another_cannot_be_undone_by_a_cancel_or_a_stop) {
  make_cancellable(second);
  push_all({&first, &second});
  turn();
  complete(0, 1);
  EXPECT_TRUE(cancel(second));
  turn();
  EXPECT_TRUE(replies().empty());
  port.request_stop();
  turn();
  EXPECT_TRUE(replies().empty());
  kernel.complete(0);
  stop();
  EXPECT_EQ(replies(), (named{&first, &second}));
  EXPECT_EQ(second.result, success);
}

TEST_F(shard_loop_sync, another_shard_or_thread_ends_what_is_waited_for) {
  const sync_ledger::ticket elsewhere = regular->syncs.begin();
  push(first);
  turn();
  complete(0);
  EXPECT_EQ(first.where, place::parked);
  sync_ledger::released released;
  static_cast<void>(regular->syncs.end(elsewhere, EIO, nullptr, released));
  ASSERT_EQ(released, named{&first});
  announce_unparked(first);
  turn();
  EXPECT_EQ(replies(), named{&first});
  EXPECT_EQ(first.result, io_error);
}

} // namespace
} // namespace shardbridge::detail
