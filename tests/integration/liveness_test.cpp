// Goal: reads that may wait for ever keep out nothing that could end their wait, neither of a shard's ring nor of a
// bridge's permits where some are reserved; and what is not promised: without reserved_ops they do, and writes that
// wait for ever are in everybody's way, until their deadlines. Method: reads of FIFOs whose bytes come by writes of the
// same service, begun behind them and without a deadline: if they waited for each other, nothing would ever end.
#include "support/stuck_reads.hpp"

#include <deque>

namespace shardbridge::tests {
namespace {

/// FIFOs, each with a read that waits in it.
class liveness_at_capacity : public testing::Test {
 protected:
  void start(const shard_group_options& shards, const bridge_options& limits = {}) { all.emplace(shards, limits); }
  void read(std::size_t count) {
    while (count-- > 0)
      pipes.emplace_back(all->link).start();
  }
  /// What the read of this FIFO waits for.
  outcome& write(std::size_t which, const op_options& options = {}) {
    pipes[which].file.async_write_some_at(0, asio::buffer("x", 1), options, writes.emplace_back().handler());
    return writes.back();
  }
  [[nodiscard]] const outcome& read_of(std::size_t which) const { return pipes[which].outcomes.front(); }
  [[nodiscard]] bool wait_backlog(std::uint64_t count) {
    return all->run_until([&] { return all->group.stats()[0].backlog == count; });
  }
  void expect_all_end() {
    ASSERT_TRUE(all->finish()) << "they wait for each other";
    for (const outcome& each : writes)
      EXPECT_TRUE(each.succeeded()) << each;
    expect_balanced(all->link.stats());
  }
  void expect_reads_succeeded() {
    for (const stuck_reads& each : pipes)
      EXPECT_TRUE(each.outcomes.front().succeeded()) << each.outcomes.front();
  }

  op_times of_late, of_write;
  outcome late;
  std::deque<outcome> writes;
  std::optional<service> all;
  std::deque<stuck_reads> pipes;
};

TEST_F(liveness_at_capacity, two_reads_and_their_two_writes_on_a_ring_of_two) {
  start({.ring_entries = 2});
  read(2);
  write(0);
  write(1);
  expect_all_end();
  expect_reads_succeeded();
}

TEST_F(liveness_at_capacity, reads_and_writes_in_the_opposite_order) {
  start({.ring_entries = 2});
  read(8);
  for (std::size_t each = 8; each-- > 0;)
    write(each);
  expect_all_end();
  expect_reads_succeeded();
}

TEST_F(liveness_at_capacity, more_reads_than_slots_whatever_the_ring) {
  for (const unsigned entries : {2U, 3U, 4U, 5U, 16U}) {
    start({.ring_entries = entries});
    read(20);
    ASSERT_TRUE(all->wait_in_flight(entries - 1)) << "all but one are for reads";
    ASSERT_TRUE(wait_backlog(20 - (entries - 1)));
    for (std::size_t each = 0; each < 20; ++each)
      write(each);
    expect_all_end();
    expect_reads_succeeded();
    pipes.clear();
    all.reset();
  }
}

TEST_F(liveness_at_capacity, reads_that_are_cancelled_in_the_kernel_make_room_for_the_next) {
  start({.ring_entries = 2});
  read(8);
  for (std::size_t each = 0; each < 4; ++each) {
    ASSERT_TRUE(wait_backlog(7 - each));
    EXPECT_EQ(all->in_flight(), 1U);
    pipes[each].file.cancel();
  }
  for (std::size_t each = 4; each < 8; ++each)
    write(each);
  expect_all_end();
  for (std::size_t each = 0; each < 8; ++each)
    EXPECT_EQ(read_of(each).error, each < 4 ? error_code(asio::error::operation_aborted) : error_code());
}

TEST_F(liveness_at_capacity, reads_of_one_bridge_and_writes_of_another) {
  start({.ring_entries = 2});
  read(3);
  ASSERT_TRUE(wait_backlog(2));
  bridge second(all->context, all->group);
  std::deque<random_access_file> files;
  for (const stuck_reads& each : pipes)
    files.emplace_back(second, each.pipe.path(), open_flags::read_write)
        .async_write_some_at(0, asio::buffer("x", 1), writes.emplace_back().handler());
  expect_all_end();
  expect_reads_succeeded();
}

TEST_F(liveness_at_capacity, reads_beyond_their_share_of_permits_wait_aside) {
  start({}, {.max_ops = 2, .reserved_ops = 1});
  read(3);
  EXPECT_EQ(all->link.stats().ops, 1U);
  EXPECT_EQ(all->link.stats().waiting, 2U);
  for (std::size_t each = 0; each < 3; ++each)
    write(2 - each);
  EXPECT_EQ(all->link.stats().ops, 2U) << "a write has passed";
  expect_all_end();
  expect_reads_succeeded();
}

TEST_F(liveness_at_capacity, is_not_promised_to_a_bridge_without_reserved_ops) {
  start({}, {.max_ops = 2});
  pipes.emplace_back(all->link).start({.timeout = 200ms, .times = &of_late});
  read(1);
  write(1, {.times = &of_write});
  EXPECT_EQ(all->link.stats().waiting, 1U);
  expect_all_end();
  EXPECT_TRUE(read_of(0).failed_with(errc::expired_in_flight)) << read_of(0);
  EXPECT_GE(of_write.admitted, of_late.completed);
  EXPECT_TRUE(read_of(1).succeeded()) << read_of(1);
}

TEST_F(liveness_at_capacity, is_not_promised_where_writes_wait_for_ever) {
  start({.ring_entries = 2});
  read(1);
  stuck_reads full(all->link);
  full.pipe.fill();
  full.file.async_write_some_at(0, asio::buffer("x", 1), {.timeout = 200ms, .times = &of_late}, late.handler());
  write(0, {.times = &of_write});
  expect_all_end();
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_GE(of_write.submitted, of_late.completed);
  EXPECT_TRUE(read_of(0).succeeded()) << read_of(0);
}

TEST_F(liveness_at_capacity, is_not_promised_where_writes_that_wait_for_ever_hold_the_permits) {
  start({}, {.max_ops = 2, .reserved_ops = 1});
  read(1);
  stuck_reads full(all->link);
  full.pipe.fill();
  full.file.async_write_some_at(0, asio::buffer("x", 1), {.timeout = 200ms, .times = &of_late}, late.handler());
  write(0, {.times = &of_write});
  EXPECT_EQ(all->link.stats().waiting, 1U);
  expect_all_end();
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
  EXPECT_GE(of_write.admitted, of_late.completed);
  EXPECT_TRUE(read_of(0).succeeded()) << read_of(0);
}

} // namespace
} // namespace shardbridge::tests
