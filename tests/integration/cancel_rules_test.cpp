// Goal: what a cancellation must not do: undo what is done, hit another operation, pass for a deadline, or break off
// with `total` what has begun to change a file. Method: cancels that come too early, too late, or to the wrong address.
#include "support/stuck_reads.hpp"

#include <stop_token>

namespace shardbridge::tests {
namespace {

TEST(cancellation_rules, what_is_cancelled_before_it_begins_makes_no_sqe) {
  service all;
  stuck_reads stuck(all.link);
  std::stop_source source;
  source.request_stop();
  const outcome& read = stuck.start({.stop_token = source.get_token()});
  EXPECT_EQ(read.calls, 0);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
  EXPECT_EQ(all.submissions(), 0U);
  expect_balanced(all.link.stats());
}

TEST(cancellation_rules, the_files_stop_token_holds_where_none_is_given) {
  service all;
  stuck_reads stuck(all.link);
  std::stop_source of_the_file;
  std::stop_source of_one;
  stuck.file.default_options({.stop_token = of_the_file.get_token()});
  const outcome& first = stuck.start();
  const outcome& second = stuck.start({.timeout = 1h});
  const outcome& spared = stuck.start({.stop_token = of_one.get_token()});
  of_the_file.request_stop();
  ASSERT_TRUE(all.run_until([&] { return first.calls > 0 && second.calls > 0; }));
  EXPECT_TRUE(first.failed_with(asio::error::operation_aborted)) << first;
  EXPECT_TRUE(second.failed_with(asio::error::operation_aborted)) << second;
  EXPECT_EQ(spared.calls, 0);
  of_one.request_stop();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(spared.failed_with(asio::error::operation_aborted)) << spared;
}

TEST(cancellation_rules, the_user_and_the_deadline_are_told_apart) {
  for (const timeout_mode mode : {timeout_mode::linked, timeout_mode::timer}) {
    service all({.timeout_mode = mode});
    stuck_reads stuck(all.link);
    std::stop_source source;
    const outcome& cancelled = stuck.start({.timeout = 1h, .stop_token = source.get_token()});
    const outcome& late = stuck.start({.timeout = 200ms, .stop_token = source.get_token()});
    ASSERT_TRUE(all.run_until([&] { return late.calls > 0; }));
    source.request_stop();
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
    EXPECT_TRUE(cancelled.failed_with(asio::error::operation_aborted)) << cancelled;
  }
}

// The slot of the shard's table is used again at once; a cancel that named its former user must not touch the next.
TEST(cancellation_rules, a_late_cancel_does_not_hit_the_next_operation) {
  service all({.ring_entries = 2});
  stuck_reads stuck(all.link);
  for (int round = 0; round < 300; ++round) {
    std::stop_source first;
    const outcome& read = stuck.start({.stop_token = first.get_token()});
    stuck.pipe.write("x");
    ASSERT_TRUE(all.run_until([&] { return read.calls > 0; }));
    const outcome& next = stuck.start();
    first.request_stop();
    stuck.file.default_options({});
    stuck.pipe.write("y");
    ASSERT_TRUE(all.finish());
    ASSERT_TRUE(read.succeeded()) << read;
    ASSERT_TRUE(next.succeeded()) << next;
  }
}

// Answered or cancelled, whichever comes first, and a byte that was taken from the FIFO is never lost.
TEST(cancellation_rules, a_cancel_that_races_with_the_result_loses_nothing) {
  service all;
  stuck_reads stuck(all.link);
  std::size_t written = 0;
  std::size_t read_bytes = 0;
  for (int round = 0; round < 300; ++round) {
    std::stop_source source;
    const outcome& read = stuck.start({.timeout = 1h, .stop_token = source.get_token()});
    std::thread racer([&] { source.request_stop(); });
    stuck.pipe.write("x");
    ++written;
    racer.join();
    ASSERT_TRUE(all.finish());
    ASSERT_EQ(read.calls, 1);
    ASSERT_TRUE(!read.error || read.error == asio::error::operation_aborted) << read;
    read_bytes += read.value;
  }
  EXPECT_EQ(read_bytes + stuck.pipe.drain(), written);
  expect_balanced(all.link.stats());
}

TEST(cancellation_rules, total_does_not_break_off_a_write_that_has_started) {
  service all;
  stuck_reads stuck(all.link);
  stuck.pipe.fill();
  asio::cancellation_signal signal;
  outcome wrote;
  stuck.file.async_write_some_at(0, asio::buffer("x", 1), asio::bind_cancellation_slot(signal.slot(), wrote.handler()));
  ASSERT_TRUE(all.wait_in_flight(1));
  signal.emit(asio::cancellation_type::total);
  all.context.run_for(50ms);
  EXPECT_EQ(wrote.calls, 0);
  signal.emit(asio::cancellation_type::partial);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(wrote.failed_with(asio::error::operation_aborted)) << wrote;
  EXPECT_EQ(stuck.pipe.drain() % 4096, 0U);
}

TEST(cancellation_rules, total_reaches_a_write_that_has_not_started) {
  service all({.ring_entries = 2});
  stuck_reads stuck(all.link);
  stuck.start();
  stuck_reads full(all.link); // reads do not take all places of a ring
  full.pipe.fill();
  outcome held;
  full.file.async_write_some_at(0, asio::buffer("x", 1), held.handler());
  ASSERT_TRUE(all.wait_in_flight(2));
  asio::cancellation_signal signal;
  outcome wrote;
  stuck.file.async_write_some_at(0, asio::buffer("x", 1), asio::bind_cancellation_slot(signal.slot(), wrote.handler()));
  signal.emit(asio::cancellation_type::total);
  ASSERT_TRUE(all.run_until([&] { return wrote.calls > 0; }));
  EXPECT_TRUE(wrote.failed_with(asio::error::operation_aborted)) << wrote;
  EXPECT_EQ(stuck.pipe.drain(), 0U);
  stuck.file.cancel();
  full.file.cancel();
  EXPECT_TRUE(all.finish());
}

TEST(cancellation_rules, of_a_file_spares_other_files_and_what_comes_later) {
  service all({}, {.max_ops = 2});
  stuck_reads stuck(all.link);
  random_access_file other(all.link, stuck.pipe.path(), open_flags::read_write);
  outcome spared;
  std::string buffer(1, '\0');
  other.async_read_some_at(0, asio::buffer(buffer), spared.handler());
  const outcome& first = stuck.start();
  const outcome& second = stuck.start();
  stuck.file.cancel();
  const outcome& later = stuck.start();
  ASSERT_TRUE(all.run_until([&] { return first.calls + second.calls == 2; }));
  EXPECT_TRUE(first.failed_with(asio::error::operation_aborted)) << first;
  EXPECT_TRUE(second.failed_with(asio::error::operation_aborted)) << second;
  ASSERT_TRUE(all.wait_in_flight(2));
  EXPECT_EQ(spared.calls + later.calls, 0);
  stuck.pipe.write("xy");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(spared.succeeded()) << spared;
  EXPECT_TRUE(later.succeeded()) << later;
}

TEST(cancellation_rules, a_slot_can_be_used_again_and_again) {
  service all;
  stuck_reads stuck(all.link);
  asio::cancellation_signal signal;
  std::string buffer(1, '\0');
  for (int round = 0; round < 100; ++round) {
    outcome read;
    stuck.file.async_read_some_at(0, asio::buffer(buffer), asio::bind_cancellation_slot(signal.slot(), read.handler()));
    if (round % 2 == 0) signal.emit(asio::cancellation_type::terminal);
    if (round % 2 != 0) stuck.pipe.write("x");
    ASSERT_TRUE(all.finish());
    ASSERT_EQ(read.error, round % 2 == 0 ? error_code(asio::error::operation_aborted) : error_code());
    EXPECT_FALSE(signal.slot().has_handler()) << "nothing of the operation is left in the slot";
  }
}

} // namespace
} // namespace shardbridge::tests
