// Goal: a shard wakes another one in both ways with the same result. Method: a sync that hangs in a FUSE file system is
// answered at its deadline by one shard; a close on another waits until the kernel has let go of the file.
#include "support/fuse.hpp"

namespace shardbridge::tests {
namespace {

class no_lost_wake_between_shards : public with_fuse<testing::TestWithParam<shard_wake>> {};

TEST_P(no_lost_wake_between_shards, a_close_on_another_shard_begins_when_the_file_is_free) {
  const std::string path = fuse->make_file("file", 100);
  service all({.shards = 2, .shard_wake = GetParam()});
  constexpr int times = 5;
  for (int each = 0; each < times; ++each) {
    random_access_file file(all.link, path, open_flags::read_write);
    fuse->set(fuse_op::fsync, {.hang = true});
    const outcome late = all.complete([&](auto h) { file.async_sync_all({.timeout = 200ms, .shard = 0}, h); });
    ASSERT_TRUE(late.failed_with(errc::expired_in_flight)) << late;
    outcome closed;
    file.async_close({.shard = 1}, closed.handler());
    std::this_thread::sleep_for(2ms); // so that the other shard sleeps, most likely
    EXPECT_EQ(closed.calls, 0);
    fuse->clear();
    fuse->release();
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(closed.succeeded()) << closed;
  }
  const auto seen = all.group.stats();
  if (GetParam() == shard_wake::eventfd) {
    EXPECT_EQ(seen[0].messages, 0U);
  }
  EXPECT_LE(seen[0].messages, seen[1].wakes);
  RecordProperty("messages", static_cast<int>(seen[0].messages));
  expect_balanced(all.link.stats());
}

INSTANTIATE_TEST_SUITE_P(strategies, no_lost_wake_between_shards,
                         testing::Values(shard_wake::eventfd, shard_wake::message),
                         [](const auto& of) { return of.param == shard_wake::eventfd ? "eventfd" : "message"; });

} // namespace
} // namespace shardbridge::tests
