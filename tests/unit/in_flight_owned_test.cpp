// Goal: an operation that owns its buffer is answered at its deadline whatever the kernel does; the buffer goes back to
// the caller if the kernel has let go of it, else to its pool when it does. Method: a fake kernel that finds what is to
// be cancelled, or does not; a real pool, which counts.
#include "in_flight_fixture.hpp"

#include <shardbridge/buffer_pool.hpp>

#include <cerrno>
#include <new>

namespace {
thread_local bool no_memory = false;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (no_memory) return nullptr;
  try {
    return ::operator new(size);
  } catch (...) {
    return nullptr;
  }
}

namespace shardbridge::detail {
namespace {

class in_flight_owned : public in_flight_test {
 public:
  ~in_flight_owned() override { EXPECT_EQ(lent(), 0U) << "a buffer is lost"; }

  /// A transfer of 10 bytes of a buffer of its own.
  struct owned_transfer {
    owned_transfer(op_code what, descriptor& file, buffer_pool& pool) : buffer(pool.allocate(10)), op(what) {
      op.buffer = &buffer;
      op.file = &file;
      op.iovecs = &whole;
      op.iovec_count = 1;
      op.bytes = whole.iov_len;
    }
    owned_buffer buffer;
    iovec whole{buffer.data(), buffer.size()};
    test_operation op;
  };

  [[nodiscard]] std::uint64_t lent() const { return pool.stats().buffers_in_use; }
  void cancel_answers(std::int32_t result) {
    kernel.enter(driver::no_wait);
    kernel.post_cancel(0, result);
    flights.reap();
  }
  static op_result expired(std::uint64_t moved = 0) { return op_result::of(errc::expired_in_flight, moved); }

  buffer_pool pool{{.bytes = 1 << 20}};
};

TEST_F(in_flight_owned, is_answered_as_soon_as_the_cancel_has_missed_what_the_device_works_on) {
  for (const std::int32_t missed : {-ENOENT, -EALREADY}) {
    owned_transfer read(op_code::read, *regular, pool);
    ASSERT_TRUE(flights.start(read.op));
    flights.interrupt(read.op, reason::deadline);
    EXPECT_TRUE(told.all.empty()) << "the cancel may find it";
    cancel_answers(missed);
    EXPECT_EQ(told.all, (list{{&read.op, expired()}}));
    EXPECT_FALSE(read.buffer);
    EXPECT_EQ(lent(), 1U) << "the kernel may still write to it";
    EXPECT_EQ(flights.unanswered(), 0U);
    complete(10);
    EXPECT_EQ(told.all.size(), 1U);
    EXPECT_EQ(lent(), 0U);
    told.all.clear();
  }
  EXPECT_EQ(counters.detached.get(), 2U);
}

TEST_F(in_flight_owned, keeps_its_buffer_if_the_cancel_finds_it) {
  owned_transfer read(op_code::read, *pipe, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::deadline);
  cancel_answers(0);
  EXPECT_TRUE(told.all.empty());
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&read.op, expired()}}));
  EXPECT_TRUE(read.buffer);
  EXPECT_EQ(counters.detached.get(), 0U);
}

// The kernel does not find a pipe's read while it tries it again; a millisecond later it does.
TEST_F(in_flight_owned, keeps_its_buffer_if_the_next_cancel_finds_it) {
  owned_transfer read(op_code::read, *pipe, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::deadline);
  cancel_answers(-ENOENT);
  EXPECT_TRUE(told.all.empty());
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 2);
  complete(-ECANCELED);
  EXPECT_EQ(told.all, (list{{&read.op, expired()}}));
  EXPECT_TRUE(read.buffer);
}

TEST_F(in_flight_owned, delivers_the_result_that_comes_before_the_answer_to_the_cancel) {
  owned_transfer read(op_code::read, *regular, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::deadline);
  complete(10);
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
  EXPECT_TRUE(read.buffer);
}

TEST_F(in_flight_owned, is_answered_at_once_if_no_cancel_is_on_its_way) {
  owned_transfer no_room(op_code::read, *regular, pool);
  ASSERT_TRUE(flights.start(no_room.op));
  kernel.refusals = 2;
  flights.interrupt(no_room.op, reason::deadline);
  EXPECT_EQ(told.all, (list{{&no_room.op, expired()}}));
  EXPECT_TRUE(flights.retry(0)) << "cancelled all the same";
  EXPECT_EQ(kernel.cancels_staged, 1);
  complete(10);
}

TEST_F(in_flight_owned, is_cancelled_anew_at_its_deadline_if_a_cancel_missed_it_before) {
  owned_transfer read(op_code::read, *regular, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::user);
  cancel_answers(-ENOENT);
  EXPECT_TRUE(told.all.empty()) << "a user's cancel is only answered when it is known what was done";
  flights.interrupt(read.op, reason::deadline);
  EXPECT_EQ(kernel.cancels_staged, 2);
  cancel_answers(-ENOENT);
  EXPECT_EQ(told.all, (list{{&read.op, expired()}}));
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 3) << "one for both";
  complete(10);
}

TEST_F(in_flight_owned, is_answered_when_the_kernel_lets_go_if_there_is_no_memory_to_part_from_it) {
  owned_transfer read(op_code::read, *regular, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.interrupt(read.op, reason::deadline);
  no_memory = true;
  cancel_answers(-ENOENT);
  flights.give_up();
  no_memory = false;
  EXPECT_TRUE(told.all.empty());
  EXPECT_EQ(flights.unanswered(), 1U);
  complete(10);
  EXPECT_EQ(told.all, (list{{&read.op, moved(10)}}));
  EXPECT_TRUE(read.buffer);
}

TEST_F(in_flight_owned, a_write_tells_how_much_was_written_before) {
  owned_transfer write(op_code::write, *regular, pool);
  ASSERT_TRUE(flights.start(write.op));
  complete(4);
  flights.interrupt(write.op, reason::deadline);
  cancel_answers(-EALREADY);
  EXPECT_EQ(told.all, (list{{&write.op, expired(4)}}));
  complete(6);
}

// Its bytes are in a buffer that the caller does not get.
TEST_F(in_flight_owned, a_read_tells_of_nothing) {
  owned_transfer read(op_code::read, *regular, pool);
  ASSERT_TRUE(flights.start(read.op));
  complete(4);
  flights.interrupt(read.op, reason::deadline);
  cancel_answers(-EALREADY);
  EXPECT_EQ(told.all, (list{{&read.op, expired()}}));
  complete(6);
}

TEST_F(in_flight_owned, is_given_up_by_a_stopped_shard_and_a_callers_buffer_is_not) {
  owned_transfer read(op_code::read, *regular, pool);
  owned_transfer write(op_code::write, *regular, pool);
  test_transfer callers(op_code::read, *regular, {10});
  test_operation rename(op_code::rename);
  for (operation* const each : {static_cast<operation*>(&read.op), static_cast<operation*>(&write.op),
                                static_cast<operation*>(&callers.op), static_cast<operation*>(&rename)})
    ASSERT_TRUE(flights.start(*each));
  flights.give_up();
  EXPECT_EQ(told.all, (list{{&read.op, op_result::of(errc::stopped)},
                            {&write.op, op_result::of(errc::outcome_unknown)},
                            {&rename, op_result::of(errc::outcome_unknown)}}));
  EXPECT_EQ(flights.unanswered(), 1U);
  EXPECT_EQ(flights.size(), 4U);
  for (const std::int32_t result : {10, 10, 10, 0})
    complete(result);
  EXPECT_EQ(told.all.back(), (ended{&callers.op, moved(10)}));
}

// Nobody else would, and it would wait for bytes that are meant for others.
TEST_F(in_flight_owned, a_pipes_read_that_was_given_up_is_still_cancelled_until_it_ends) {
  owned_transfer read(op_code::read, *pipe, pool);
  ASSERT_TRUE(flights.start(read.op));
  flights.give_up();
  cancel_answers(-ENOENT);
  EXPECT_TRUE(flights.retry(flights.due()));
  EXPECT_EQ(kernel.cancels_staged, 2);
  complete(-ECANCELED);
  EXPECT_EQ(told.all.size(), 1U);
}

} // namespace
} // namespace shardbridge::detail
