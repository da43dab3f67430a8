// Goal: what hangs in the kernel holds up no stop if it owns its memory: it is answered, counted as quarantined, and
// kept until the kernel lets go, even when everything else is gone; a caller's memory is waited for. Method: a FUSE
// file system that hangs under every kind of operation while group, context or all are stopped and destroyed.
#include "support/fuse.hpp"
#include "support/lent_buffer.hpp"

#include <array>
#include <atomic>
#include <deque>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

class a_hung_file_system : public with_fuse<> {
 protected:
  void start(std::chrono::nanoseconds patience = 100ms, std::size_t shards = 1) {
    context = std::make_unique<asio::io_context>();
    group = std::make_unique<shard_group>(shard_group_options{.shards = shards, .shutdown_timeout = patience});
    link = std::make_unique<bridge>(*context, *group);
    // One each: the kernel lets a write, a sync or a rename wait while another operation of the same file hangs.
    for (const char* const name : {"read", "written", "synced"})
      files.emplace_back(*link, fuse->make_file(name, 100), open_flags::read_write);
    old_name = fuse->make_file("old", 100);
    for (const fuse_op each : {fuse_op::read, fuse_op::write, fuse_op::fsync, fuse_op::rename})
      fuse->set(each, {.hang = true});
    before = {fuse->started(fuse_op::read), fuse->started(fuse_op::write), fuse->started(fuse_op::fsync),
              fuse->started(fuse_op::rename)};
  }
  /// One operation of each kind that owns what it works on.
  void hang_all() {
    files[0].async_read_some_at(0, pool.allocate(100), read.handler());
    files[1].async_write_some_at(0, filled(pool, "text"), write.handler());
    files[2].async_sync_all(sync.handler());
    async_rename(*link, old_name, fuse->path("new"), rename.handler());
    EXPECT_TRUE(fuse->wait_started(fuse_op::read, before[0] + 1));
    EXPECT_TRUE(fuse->wait_started(fuse_op::write, before[1] + 1));
    EXPECT_TRUE(fuse->wait_started(fuse_op::fsync, before[2] + 1));
    EXPECT_TRUE(fuse->wait_started(fuse_op::rename, before[3] + 1));
  }
  static constexpr std::uint64_t hung = 4;

  void let_go() {
    fuse->clear();
    fuse->release();
  }
  /// The kernel has let go of everything, without anybody's doing.
  [[nodiscard]] bool pool_is_whole() const {
    for (const auto end = clock::now() + patience_of_the_test; pool.stats().buffers_in_use > 0;
         std::this_thread::sleep_for(1ms))
      if (clock::now() > end) return false;
    return true;
  }
  [[nodiscard]] shard_stats stats() const { return group->stats()[0]; }

  static constexpr auto patience_of_the_test = 10s;

  buffer_pool pool{{.bytes = 1 << 20}};
  lent_outcome read, write;
  outcome sync, rename;
  std::array<std::uint32_t, 4> before{};
  std::string old_name;
  std::unique_ptr<asio::io_context> context;
  std::unique_ptr<shard_group> group;
  std::unique_ptr<bridge> link;
  std::deque<random_access_file> files;
};

TEST_F(a_hung_file_system, does_not_hold_up_a_group) {
  start();
  hang_all();
  const auto begun = clock::now();
  group->stop();
  group->join();
  const auto took = clock::now() - begun;
  EXPECT_GE(took, 100ms);
  EXPECT_LT(took, 2s);
  EXPECT_EQ(stats().quarantined, hung);
  EXPECT_EQ(stats().in_flight, hung);
  context->run();
  EXPECT_TRUE(read.failed_with(errc::stopped)) << read;
  EXPECT_TRUE(write.failed_with(errc::outcome_unknown)) << write;
  EXPECT_TRUE(sync.failed_with(errc::outcome_unknown)) << sync;
  EXPECT_TRUE(rename.failed_with(errc::outcome_unknown)) << rename;
  EXPECT_FALSE(read.buffer || write.buffer);
  expect_balanced(link->stats());
  EXPECT_EQ(pool.stats().buffers_in_use, 2U);

  let_go();
  EXPECT_TRUE(pool_is_whole());
  for (const auto end = clock::now() + patience_of_the_test; stats().in_flight > 0 && clock::now() < end;)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(stats().in_flight, 0U);
  EXPECT_EQ(stats().quarantined, hung);
}

TEST_F(a_hung_file_system, is_waited_for_if_it_lets_go_in_time) {
  start(10s);
  hang_all();
  std::jthread later([this] {
    std::this_thread::sleep_for(100ms);
    let_go();
  });
  group->stop();
  group->join();
  EXPECT_EQ(stats().quarantined, 0U);
  context->run();
  EXPECT_TRUE(write.succeeded()) << write;
  EXPECT_TRUE(sync.succeeded()) << sync;
  EXPECT_TRUE(rename.succeeded()) << rename;
  EXPECT_TRUE(read.buffer && write.buffer);
}

TEST_F(a_hung_file_system, is_waited_for_where_the_memory_is_a_callers) {
  start(0ns);
  std::string buffer(100, '\0');
  outcome callers;
  hang_all();
  files[0].async_read_some_at(0, asio::buffer(buffer), callers.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::read, before[0] + 2));
  std::atomic<bool> released = false;
  std::jthread later([&] {
    std::this_thread::sleep_for(200ms);
    released = true;
    let_go();
  });
  group->stop();
  group->join();
  EXPECT_TRUE(released);
  EXPECT_TRUE(buffer == fixtures::make_pattern(100)) << "it may be looked at now";
  context->run();
  EXPECT_TRUE(callers.succeeded()) << callers;
  EXPECT_TRUE(write.failed_with(errc::outcome_unknown)) << write;
  EXPECT_TRUE(pool_is_whole());
}

TEST_F(a_hung_file_system, does_not_hold_up_the_destructor_of_a_context) {
  start();
  hang_all();
  const auto begun = clock::now();
  context.reset();
  EXPECT_LT(clock::now() - begun, 2s);
  EXPECT_EQ(read.calls + write.calls + sync.calls + rename.calls, 0);
  EXPECT_EQ(stats().detached, hung);
  EXPECT_EQ(pool.stats().buffers_in_use, 2U);
  let_go();
  EXPECT_TRUE(pool_is_whole());
}

// The kernel answers when nobody is left who knows of it.
TEST_F(a_hung_file_system, outlasts_everything) {
  start(20ms, 2);
  hang_all();
  files.clear();
  link.reset();
  group.reset();
  context.reset();
  EXPECT_EQ(pool.stats().buffers_in_use, 2U);
  let_go();
  EXPECT_TRUE(pool_is_whole());
  std::this_thread::sleep_for(20ms); // the thread that kept them ends with its ring; nothing tells when
}

TEST_F(a_hung_file_system, outlasts_everything_its_context_first) {
  start(20ms, 2);
  hang_all();
  context.reset();
  group.reset();
  link.reset();
  files.clear();
  EXPECT_EQ(pool.stats().buffers_in_use, 2U);
  let_go();
  EXPECT_TRUE(pool_is_whole());
  std::this_thread::sleep_for(20ms);
}

TEST_F(a_hung_file_system, holds_up_only_its_own_shard) {
  start(100ms, 2);
  files[0].async_read_some_at(0, pool.allocate(100), {.shard = 1}, read.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::read, before[0] + 1));
  group->stop();
  group->join();
  EXPECT_EQ(group->stats()[0].quarantined, 0U);
  EXPECT_EQ(group->stats()[1].quarantined, 1U);
  group->join();
  let_go();
  EXPECT_TRUE(pool_is_whole());
  context->run();
  EXPECT_TRUE(read.failed_with(errc::stopped)) << read;
}

} // namespace
} // namespace shardbridge::tests
