// Goal: what is accepted is bounded in number and bytes, what waits in number; who waits is served in the order he
// came, and the counters are exact. Method: reads that never end hold permits while others come.
#include "support/stuck_reads.hpp"

namespace shardbridge::tests {
namespace {

TEST(bounded, operations_beyond_max_ops_wait_in_order) {
  service all({}, {.max_ops = 2});
  stuck_reads stuck(all.link);
  std::vector<int> order;
  stuck.start();
  stuck.start();
  std::string buffer(1, '\0');
  for (int each = 0; each < 5; ++each)
    async_call(
        all.link, 0, [&order, each](shard&) { order.push_back(each); }, asio::detached);
  EXPECT_EQ(all.link.stats().ops, 2U);
  EXPECT_EQ(all.link.stats().waiting, 5U);
  EXPECT_EQ(all.link.stats().bytes, 2U);
  ASSERT_TRUE(all.wait_in_flight(2));
  EXPECT_EQ(all.group.stats()[0].requests, 2U) << "what waits has not been sent";
  stuck.pipe.write("xy");
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(all.link.stats().accepted, 7U);
  expect_balanced(all.link.stats());
}

TEST(bounded, bytes_are_counted_and_a_large_one_is_not_overtaken) {
  service all({}, {.max_bytes = 100});
  stuck_reads stuck(all.link);
  stuck.start({}, 60);
  stuck.start({}, 80); // waits for the first
  stuck.start({}, 10); // there would be room, but it came later
  EXPECT_EQ(all.link.stats().bytes, 60U);
  EXPECT_EQ(all.link.stats().waiting, 2U);
  stuck.pipe.write("x");
  ASSERT_TRUE(all.run_until([&] { return stuck.outcomes[0].calls == 1; }));
  EXPECT_EQ(all.link.stats().bytes, 90U);
  EXPECT_EQ(all.link.stats().waiting, 0U);
  stuck.file.cancel();
  ASSERT_TRUE(all.finish());
  expect_balanced(all.link.stats());
}

TEST(bounded, what_could_never_be_admitted_fails_at_once) {
  service all({}, {.max_bytes = 100});
  stuck_reads stuck(all.link);
  const outcome& exactly = stuck.start({}, 100);
  const outcome& larger = stuck.start({}, 101);
  EXPECT_EQ(larger.calls, 0) << "never inside the initiating function";
  ASSERT_TRUE(all.run_until([&] { return larger.calls > 0; }));
  EXPECT_TRUE(larger.failed_with(errc::too_large)) << larger;
  EXPECT_EQ(all.link.stats().refused, 1U);
  stuck.pipe.write(std::string(100, 'x'));
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(exactly.succeeded()) << exactly;
}

void expect_refused(const bridge_options& limits, std::size_t waiting) {
  service all({}, limits);
  stuck_reads stuck(all.link);
  stuck.start();
  for (std::size_t each = 0; each < waiting; ++each)
    stuck.start();
  const outcome& refused = stuck.start();
  EXPECT_EQ(refused.calls, 0);
  EXPECT_EQ(all.link.stats().waiting, waiting);
  ASSERT_TRUE(all.run_until([&] { return refused.calls > 0; }));
  EXPECT_TRUE(refused.failed_with(errc::no_room)) << refused;
  EXPECT_EQ(all.link.stats().refused, 1U);
  stuck.file.cancel();
  ASSERT_TRUE(all.finish());
  const outcome& again = stuck.start(); // there is room again
  ASSERT_TRUE(all.wait_in_flight(1));
  stuck.pipe.write("x");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(again.succeeded()) << again;
  expect_balanced(all.link.stats());
}

TEST(bounded, refuse_answers_no_room) {
  expect_refused({.max_ops = 1, .when_full = when_full::refuse}, 0);
}
TEST(bounded, no_waiters_allowed_is_the_same_as_refuse) {
  expect_refused({.max_ops = 1, .max_waiters = 0}, 0);
}
TEST(bounded, one_waiter_more_than_allowed_is_refused) {
  expect_refused({.max_ops = 1, .max_waiters = 3}, 3);
}

// He who goes may have been the one who did not fit: behind him is somebody who does.
TEST(bounded, a_waiter_that_leaves_lets_the_next_in) {
  for (const bool by_deadline : {true, false}) {
    service all({}, {.max_bytes = 100});
    stuck_reads stuck(all.link);
    random_access_file other(all.link, stuck.pipe.path(), open_flags::read_write);
    std::stop_source source;
    stuck.start({}, 60);
    const op_options leaves = by_deadline ? op_options{.timeout = 30ms} : op_options{.stop_token = source.get_token()};
    const outcome& large = stuck.start(leaves, 80);
    stuck.start({}, 10);
    EXPECT_EQ(all.link.stats().waiting, 2U);
    if (!by_deadline) source.request_stop();
    ASSERT_TRUE(all.run_until([&] { return large.calls > 0; }));
    EXPECT_EQ(all.link.stats().waiting, 0U) << "there is room for it";
    EXPECT_EQ(all.link.stats().bytes, 70U);
    stuck.file.cancel();
    ASSERT_TRUE(all.finish());
    expect_balanced(all.link.stats());
  }
}

TEST(bounded, a_file_that_is_cancelled_lets_the_operations_of_others_in) {
  service all({}, {.max_bytes = 100});
  stuck_reads holder(all.link);
  stuck_reads large(all.link);
  stuck_reads small(all.link);
  holder.start({}, 60);
  large.start({}, 80);
  small.start({}, 10);
  EXPECT_EQ(all.link.stats().waiting, 2U);
  large.file.cancel();
  ASSERT_TRUE(all.run_until([&] { return large.outcomes[0].calls > 0; }));
  EXPECT_EQ(all.link.stats().waiting, 0U);
  holder.file.cancel();
  small.file.cancel();
  ASSERT_TRUE(all.finish());
}

TEST(bounded, permits_are_given_back_before_the_handler_runs) {
  service all({}, {.max_ops = 1});
  const fixtures::temporary_folder folder;
  random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_only);
  std::string buffer(10, '\0');
  bridge_stats seen;
  file.async_read_some_at(0, asio::buffer(buffer), [&](const error_code&, std::size_t) { seen = all.link.stats(); });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(seen.ops, 0U);
  EXPECT_EQ(seen.bytes, 0U);
  EXPECT_EQ(seen.completed, 1U);
}

TEST(bounded, a_thousand_operations_pass_through_one_permit) {
  service all({.shards = 2}, {.max_ops = 1});
  const fixtures::temporary_folder folder;
  random_access_file file(all.link, folder.make_file("file", 1000), open_flags::read_only);
  random_access_file other(all.link, folder.path() / "file", open_flags::read_only);
  std::string buffer(1000, '\0');
  std::vector<outcome> reads(1000);
  for (std::size_t each = 0; each < reads.size(); ++each)
    (each % 2 == 0 ? file : other).async_read_some_at(each, asio::buffer(&buffer[each], 1), reads[each].handler());
  EXPECT_EQ(all.link.stats().ops, 1U);
  ASSERT_TRUE(all.finish());
  for (const outcome& each : reads)
    ASSERT_TRUE(each.succeeded()) << each;
  EXPECT_TRUE(buffer == fixtures::make_pattern(1000));
  EXPECT_EQ(all.link.stats().accepted, 1000U);
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
