// Goal: the level of pressure rises and falls at the watermarks, can be asked for anywhere, and can be waited for like
// any operation. Method: 20 permits and reads that never end: throttled from 17 on and until below 15, suspended from
// 19 on and until below 17.
#include "support/crowded.hpp"

#include <array>
#include <stop_token>

namespace shardbridge::tests {
namespace {

using enum pressure_level;

TEST(pressure_both_ways, the_level_follows_the_permits) {
  crowded all;
  const auto up = [](std::size_t out) { return out < 17 ? normal : out < 19 ? throttled : suspended; };
  const auto down = [](std::size_t out) { return out < 15 ? normal : out < 17 ? throttled : suspended; };
  for (std::size_t out = 1; out <= 20; ++out) {
    all.hold(1);
    EXPECT_EQ(all.link.level(), up(out)) << out;
  }
  for (std::size_t out = 20; out-- > 0;) {
    ASSERT_TRUE(all.end(1));
    EXPECT_EQ(all.link.level(), down(out)) << out;
  }
  const bridge_stats seen = all.link.stats();
  EXPECT_EQ(seen.level, normal);
  EXPECT_EQ(seen.level_entered, (std::array<std::uint64_t, 3>{1, 2, 1}));
  expect_balanced(seen);
}

TEST(pressure_both_ways, the_level_follows_the_bytes_too) {
  service all({}, {.max_bytes = 100});
  stuck_reads first(all.link);
  stuck_reads second(all.link);
  first.start({}, 84);
  EXPECT_EQ(all.link.level(), normal);
  second.start({}, 1);
  EXPECT_EQ(all.link.level(), throttled);
  second.start({}, 10);
  EXPECT_EQ(all.link.level(), suspended);
  first.file.cancel();
  ASSERT_TRUE(all.run_until([&] { return first.outcomes[0].calls == 1; }));
  EXPECT_EQ(all.link.level(), normal);
  second.file.cancel();
  ASSERT_TRUE(all.finish());
}

TEST(pressure_both_ways, a_shard_sees_the_level) {
  crowded all;
  all.hold(16);
  pressure_level seen = suspended;
  bool called = false;
  async_call(
      all.link, 0, [&](shard&) { return all.link.level(); },
      [&](const std::exception_ptr&, pressure_level told) {
        seen = told;
        called = true;
      });
  ASSERT_TRUE(all.run_until([&] { return called; }));
  EXPECT_EQ(seen, throttled) << "the call itself is the seventeenth";
  EXPECT_EQ(all.link.level(), throttled) << "with 16 it is not left yet";
}

TEST(pressure_both_ways, a_wait_for_what_is_there_completes_at_once) {
  crowded all;
  outcome wait;
  all.link.async_wait_level(normal, wait.handler());
  EXPECT_EQ(wait.calls, 0) << "never inside the initiating function";
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(wait.succeeded()) << wait;
  EXPECT_EQ(all.link.stats().accepted, 0U);
}

TEST(pressure_both_ways, waits_end_when_their_level_comes) {
  crowded all;
  all.hold(20);
  outcome for_throttled;
  outcome for_normal;
  all.link.async_wait_level(throttled, for_throttled.handler());
  all.link.async_wait_level(normal, for_normal.handler());
  ASSERT_TRUE(all.end(3));
  EXPECT_EQ(for_throttled.calls, 0);
  ASSERT_TRUE(all.end(1));
  ASSERT_TRUE(all.run_until([&] { return for_throttled.calls > 0; }));
  EXPECT_TRUE(for_throttled.succeeded()) << for_throttled;
  EXPECT_EQ(for_normal.calls, 0);
  ASSERT_TRUE(all.end(2));
  ASSERT_TRUE(all.run_until([&] { return for_normal.calls > 0; }));
  EXPECT_TRUE(for_normal.succeeded()) << for_normal;
}

TEST(pressure_both_ways, a_producer_awaits_the_level) {
  crowded all;
  all.hold(20);
  bool resumed = false;
  const auto producer = [&]() -> asio::awaitable<void> {
    co_await all.link.async_wait_level(normal, asio::use_awaitable);
    resumed = true;
  };
  asio::co_spawn(all.context, producer, asio::detached);
  ASSERT_TRUE(all.end(5));
  EXPECT_FALSE(resumed);
  ASSERT_TRUE(all.end(1));
  ASSERT_TRUE(all.run_until([&] { return resumed; }));
}

TEST(pressure_both_ways, a_wait_needs_no_permit_and_no_place_among_the_waiters) {
  crowded all({.max_ops = 20, .max_waiters = 0});
  all.hold(20);
  std::vector<outcome> waits(30);
  for (outcome& each : waits)
    all.link.async_wait_level(normal, each.handler());
  EXPECT_EQ(all.link.stats().waiting, 0U);
  EXPECT_EQ(all.link.stats().ops, 20U);
  ASSERT_TRUE(all.end(20));
  ASSERT_TRUE(all.finish());
  for (const outcome& each : waits)
    ASSERT_TRUE(each.succeeded()) << each;
  EXPECT_EQ(all.link.stats().accepted, 20U);
}

TEST(pressure_both_ways, a_wait_can_be_cancelled) {
  crowded all;
  all.hold(17);
  outcome by_slot;
  outcome by_token;
  asio::cancellation_signal signal;
  std::stop_source source;
  all.link.async_wait_level(normal, asio::bind_cancellation_slot(signal.slot(), by_slot.handler()));
  all.link.async_wait_level(normal, {.stop_token = source.get_token()}, by_token.handler());
  signal.emit(asio::cancellation_type::total);
  std::thread([&] { source.request_stop(); }).join();
  ASSERT_TRUE(all.run_until([&] { return by_slot.calls + by_token.calls == 2; }));
  EXPECT_TRUE(by_slot.failed_with(asio::error::operation_aborted)) << by_slot;
  EXPECT_TRUE(by_token.failed_with(asio::error::operation_aborted)) << by_token;
  EXPECT_EQ(all.link.stats().cancelled_waiting, 0U) << "it is for operations";
}

TEST(pressure_both_ways, a_wait_has_the_deadline_it_was_given_and_no_other) {
  crowded all({.max_ops = 20, .timeout = 100ms});
  all.hold(17, {.timeout = no_timeout});
  outcome late;
  outcome in_time;
  outcome without;
  all.link.async_wait_level(normal, {.timeout = 50ms}, late.handler());
  all.link.async_wait_level(normal, {.timeout = 1h}, in_time.handler());
  all.link.async_wait_level(normal, without.handler());
  ASSERT_TRUE(all.run_until([&] { return late.calls > 0; }));
  EXPECT_TRUE(late.failed_with(errc::expired_waiting)) << late;
  EXPECT_EQ(late.error, boost::system::errc::timed_out);
  all.context.run_for(300ms);
  EXPECT_EQ(without.calls, 0);
  ASSERT_TRUE(all.end(17));
  ASSERT_TRUE(all.finish()) << "the hour must not keep run() from returning";
  EXPECT_TRUE(in_time.succeeded()) << in_time;
  EXPECT_TRUE(without.succeeded()) << without;
}

TEST(pressure_both_ways, stop_ends_all_waits) {
  crowded all;
  all.hold(17);
  outcome before;
  outcome after;
  all.link.async_wait_level(normal, before.handler());
  all.link.stop();
  all.link.async_wait_level(suspended, after.handler());
  EXPECT_EQ(before.calls + after.calls, 0);
  ASSERT_TRUE(all.run_until([&] { return before.calls + after.calls == 2; }));
  EXPECT_TRUE(before.failed_with(errc::stopped)) << before;
  EXPECT_TRUE(after.failed_with(errc::stopped)) << after;
}

TEST(pressure_both_ways, the_end_of_the_context_destroys_waits_uninvoked) {
  auto context = std::make_unique<asio::io_context>();
  shard_group group;
  bridge link(*context, group, {.max_ops = 2});
  stuck_reads stuck(link);
  stuck.start();
  stuck.start();
  bool called = false;
  const auto held = std::make_shared<int>();
  link.async_wait_level(normal, [&called, held](const error_code&) { called = true; });
  link.on_level_change([&called, held](pressure_level) { called = true; });
  EXPECT_EQ(held.use_count(), 3);
  context.reset();
  EXPECT_FALSE(called);
  EXPECT_EQ(held.use_count(), 1) << "handler and observer were not destroyed";
  EXPECT_EQ(link.level(), normal);
}

TEST(pressure_both_ways, a_wait_is_work_on_its_handlers_executor) {
  crowded all;
  all.hold(17);
  asio::io_context other;
  outcome wait;
  all.link.async_wait_level(normal, asio::bind_executor(other, wait.handler()));
  other.run_for(50ms);
  EXPECT_FALSE(other.stopped());
  ASSERT_TRUE(all.end(17));
  EXPECT_EQ(wait.calls, 0);
  other.run_for(patience);
  EXPECT_TRUE(wait.succeeded()) << wait;
}

} // namespace
} // namespace shardbridge::tests
