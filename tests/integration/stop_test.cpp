// Goal: whatever is stopped, and whenever, each operation is answered exactly once and the context runs out of work.
// Method: groups and bridges stopped with operations at every stage, and used afterwards.
#include "support/fuse.hpp"
#include "support/stuck_reads.hpp"

namespace shardbridge::tests {
namespace {

TEST(exactly_once, a_stopped_group_answers_what_waits_queues_and_is_in_the_kernel) {
  service all({.ring_entries = 3}, {.max_ops = 4});
  stuck_reads stuck(all.link);
  // Two in the kernel, whose third place is not for them, two in the queue of the shard, two without a permit.
  for (int each = 0; each < 6; ++each)
    stuck.start();
  ASSERT_TRUE(all.wait_in_flight(2));
  EXPECT_EQ(all.link.stats().waiting, 2U);
  all.group.stop();
  all.group.join();
  ASSERT_TRUE(all.finish());
  for (const outcome& each : stuck.outcomes)
    EXPECT_TRUE(each.failed_with(errc::stopped)) << each;
  expect_balanced(all.link.stats());
  EXPECT_EQ(all.link.stats().accepted, 6U);
}

TEST(exactly_once, after_the_group_stopped_everything_is_refused) {
  const fixtures::temporary_folder folder;
  service all;
  random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_write);
  all.group.stop();
  all.group.join();
  std::string buffer(10, '\0');
  EXPECT_TRUE(
      all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).failed_with(errc::stopped));
  EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_all(h); }).failed_with(errc::stopped));
  EXPECT_TRUE(all.complete([&](auto h) { file.async_size(h); }).failed_with(errc::stopped));
  EXPECT_TRUE(all.complete([&](auto h) { file.async_close(h); }).failed_with(errc::stopped));
  random_access_file other(all.link);
  EXPECT_TRUE(all.complete([&](auto h) { other.async_open("/dev/null", open_flags::read_only, h); })
                  .failed_with(errc::stopped));
  EXPECT_FALSE(other.is_open());
  expect_balanced(all.link.stats());
}

TEST(exactly_once, a_bridge_made_on_a_stopped_group_refuses) {
  service all;
  all.group.stop();
  all.group.join();
  bridge late(all.context, all.group);
  random_access_file file(late, "/dev/zero", open_flags::read_only);
  std::string buffer(10, '\0');
  EXPECT_TRUE(
      all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).failed_with(errc::stopped));
}

TEST(exactly_once, a_stopped_bridge_refuses_who_waits_and_completes_what_it_accepted) {
  service all({}, {.max_ops = 1});
  stuck_reads stuck(all.link);
  const outcome& accepted = stuck.start();
  const outcome& waiting = stuck.start();
  ASSERT_TRUE(all.wait_in_flight(1));
  all.link.stop();
  const outcome& later = stuck.start();
  ASSERT_TRUE(all.run_until([&] { return waiting.calls + later.calls == 2; }));
  EXPECT_TRUE(waiting.failed_with(errc::stopped)) << waiting;
  EXPECT_TRUE(later.failed_with(errc::stopped)) << later;
  EXPECT_EQ(accepted.calls, 0);
  stuck.pipe.write("x");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(accepted.succeeded()) << accepted;
  EXPECT_EQ(all.link.stats().refused, 2U);
  expect_balanced(all.link.stats());
  bridge other(all.context, all.group); // the group serves others
  EXPECT_TRUE(all.complete([&](auto h) {
                   async_call(
                       other, 0, [](shard&) {}, [h](const std::exception_ptr&) mutable { h(error_code()); });
                 })
                  .succeeded());
}

class exactly_once_on_fuse : public with_fuse<> {};

// What changes a file may finish, however long it takes: nobody could tell otherwise what is on the disk.
TEST_F(exactly_once_on_fuse, a_stopped_group_lets_writes_and_syncs_finish) {
  const std::string path = fuse->make_file("file", 100);
  const std::uint32_t writes = fuse->finished(fuse_op::write);
  fuse->set(fuse_op::write, {.delay = 100ms});
  fuse->set(fuse_op::fsync, {.delay = 100ms});
  service all;
  random_access_file file(all.link, path, open_flags::read_write);
  outcome wrote;
  outcome synced;
  file.async_write_some_at(0, asio::buffer("text", 4), wrote.handler());
  file.async_sync_all(synced.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::write, writes + 1) && fuse->wait_started(fuse_op::fsync, 1));
  all.group.stop();
  all.group.join();
  EXPECT_EQ(fuse->finished(fuse_op::write), writes + 1);
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 1U);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(wrote.succeeded() && wrote.value == 4) << wrote;
  EXPECT_TRUE(synced.succeeded()) << synced;
}

TEST(exactly_once, stop_and_join_may_be_called_again_and_from_several_threads) {
  service all({.shards = 2});
  stuck_reads stuck(all.link);
  const outcome& read = stuck.start();
  std::vector<std::thread> threads;
  for (int each = 0; each < 3; ++each)
    threads.emplace_back([&] {
      all.group.stop();
      all.group.join();
    });
  for (std::thread& each : threads)
    each.join();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(errc::stopped)) << read;
}

} // namespace
} // namespace shardbridge::tests
