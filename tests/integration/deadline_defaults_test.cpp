// Goal: where an operation's deadline comes from: its own options, else the file's, else the bridge's, else the
// group's. Method: a read that never ends; a default that must count is short, one that must not is for ever.
#include "support/stuck_reads.hpp"

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

void expect_expires(service& all, stuck_reads& stuck, const op_options& options = {}) {
  const outcome& late = stuck.start(options);
  EXPECT_TRUE(all.finish());
  EXPECT_EQ(late.calls, 1);
  EXPECT_EQ(late.error, std::errc::timed_out) << late;
}
void expect_stays(service& all, stuck_reads& stuck, const op_options& options = {}) {
  const outcome& endless = stuck.start(options);
  all.context.restart();
  all.context.run_for(60ms);
  EXPECT_EQ(endless.calls, 0) << endless;
  stuck.file.cancel();
  EXPECT_TRUE(all.finish());
  EXPECT_TRUE(endless.failed_with(asio::error::operation_aborted)) << endless;
}

TEST(one_deadline_by_default, comes_from_the_group) {
  service all({.timeout = 20ms});
  stuck_reads stuck(all.link);
  expect_expires(all, stuck);
  expect_stays(all, stuck, {.timeout = no_timeout});
  expect_stays(all, stuck, {.deadline = clock::now() + patience});
}

TEST(one_deadline_by_default, of_the_bridge_overrides_the_groups) {
  service shorter({.timeout = patience}, {.timeout = 20ms});
  stuck_reads stuck(shorter.link);
  expect_expires(shorter, stuck);
  service endless({.timeout = 20ms}, {.timeout = no_timeout});
  stuck_reads other(endless.link);
  expect_stays(endless, other);
}

TEST(one_deadline_by_default, of_the_file_overrides_the_bridges) {
  service all({}, {.timeout = 20ms});
  stuck_reads stuck(all.link);
  stuck.file.default_options({.timeout = no_timeout});
  EXPECT_EQ(stuck.file.default_options().timeout, no_timeout);
  expect_stays(all, stuck);
  stuck.file.default_options({.timeout = 30ms});
  expect_expires(all, stuck);
  expect_expires(all, stuck, {.shard = 0}); // given options leave the timeout open
  expect_stays(all, stuck, {.timeout = no_timeout});
}

TEST(one_deadline_by_default, a_file_without_one_falls_back_to_the_bridges) {
  service all({}, {.timeout = 20ms});
  stuck_reads stuck(all.link);
  stuck.file.default_options({.shard = 0});
  expect_expires(all, stuck);
}

TEST(one_deadline_by_default, is_overridden_by_a_timeout_and_by_a_deadline_alike) {
  service all;
  stuck_reads stuck(all.link);
  stuck.file.default_options({.deadline = clock::now()});
  expect_stays(all, stuck, {.timeout = patience});
  stuck.file.default_options({.timeout = 20ms});
  expect_stays(all, stuck, {.deadline = clock::now() + patience});
}

TEST(one_deadline_by_default, holds_for_calls_too) {
  service all({}, {.timeout = 20ms});
  std::exception_ptr failure;
  // The first holds the shard for longer than the second may take.
  async_call(
      all.link, 0, [](shard&) { std::this_thread::sleep_for(60ms); }, asio::detached);
  async_call(
      all.link, 0, [](shard&) {}, [&](std::exception_ptr told) { failure = std::move(told); });
  ASSERT_TRUE(all.finish());
  ASSERT_TRUE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& failed) {
    EXPECT_EQ(failed.code(), errc::expired_queued);
  }
}

} // namespace
} // namespace shardbridge::tests
