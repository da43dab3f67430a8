// Goal: as long as the kernel may write to a buffer, neither a handler runs nor does a destructor or join() return that
// would let it go. Method: reads that hang in a FUSE file system or at a throttled device, released by another thread
// after a while; whoever returned before did not wait.
#include "support/fuse.hpp"
#include "support/lent_buffer.hpp"
#include "support/timeout_modes.hpp"

#include <throttled_device.hpp>

#include <atomic>
#include <cstdlib>

namespace shardbridge::tests {
namespace {

using clock = std::chrono::steady_clock;

class memory_is_never_given_back_early : public with_fuse<> {
 protected:
  void hang_a_read(const op_options& options = {}) {
    path = fuse->make_file("file", 100);
    context.emplace();
    group.emplace();
    link.emplace(*context, *group);
    file.emplace(*link, path, open_flags::read_only);
    fuse->set(fuse_op::read, {.hang = true});
    file->async_read_some_at(0, asio::buffer(buffer), options,
                             [this, kept = alive](const error_code& told, std::size_t bytes) {
                               error = told;
                               value = bytes;
                               ++calls;
                             });
    ASSERT_TRUE(fuse->wait_started(fuse_op::read, 1));
    releaser = std::jthread([this] {
      std::this_thread::sleep_for(150ms);
      released = true;
      fuse->clear();
      fuse->release();
    });
  }
  /// What follows a wait for the kernel.
  void expect_waited() {
    EXPECT_TRUE(released);
    EXPECT_EQ(fuse->finished(fuse_op::read), 1U);
    EXPECT_TRUE(buffer == fixtures::make_pattern(100));
  }

  std::string path;
  std::string buffer = std::string(100, '\0');
  std::shared_ptr<int> alive = std::make_shared<int>();
  int calls = 0;
  error_code error;
  std::size_t value = 0;
  std::atomic<bool> released = false;
  std::optional<asio::io_context> context;
  std::optional<shard_group> group;
  std::optional<bridge> link;
  std::optional<random_access_file> file;
  std::jthread releaser;
};

TEST_F(memory_is_never_given_back_early, by_a_handler_after_a_deadline) {
  hang_a_read({.timeout = 20ms});
  context->run_for(patience);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(error, error_code()) << "completion beats timeout";
  EXPECT_EQ(value, 100U);
  expect_waited();
}

TEST_F(memory_is_never_given_back_early, by_a_handler_after_a_cancel) {
  hang_a_read();
  file->cancel();
  context->run_for(patience);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(value, 100U);
  expect_waited();
}

TEST_F(memory_is_never_given_back_early, by_a_handler_after_the_file_is_gone) {
  hang_a_read();
  file.reset();
  EXPECT_FALSE(released) << "a file does not wait";
  context->run_for(patience);
  EXPECT_EQ(calls, 1);
  expect_waited();
}

TEST_F(memory_is_never_given_back_early, by_joining_the_group) {
  hang_a_read();
  group->stop();
  group->join();
  expect_waited();
  context->run_for(patience);
  EXPECT_EQ(calls, 1);
}

TEST_F(memory_is_never_given_back_early, by_destroying_the_group) {
  hang_a_read();
  group.reset();
  expect_waited();
  context->run_for(patience);
  EXPECT_EQ(calls, 1);
}

TEST_F(memory_is_never_given_back_early, by_destroying_the_context) {
  hang_a_read();
  context.reset();
  EXPECT_EQ(calls, 0) << "handlers are destroyed uninvoked";
  EXPECT_EQ(alive.use_count(), 1);
  expect_waited();
}

TEST_F(memory_is_never_given_back_early, by_destroying_the_context_after_bridge_and_file) {
  hang_a_read();
  file.reset();
  link.reset();
  context.reset();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(alive.use_count(), 1);
  expect_waited();
}

// The rows of the design's table that matter most: a read at a device cannot be taken back. It is stuck for two
// seconds, and let go when all has been seen.
class memory_is_never_given_back_early_by_a_device : public testing::TestWithParam<timeout_mode> {
 protected:
  static constexpr std::size_t size = 65536;

  void SetUp() override {
    if (const std::string& reason = fixtures::throttled_device::why_unavailable(); !reason.empty())
      GTEST_SKIP() << reason;
    device.emplace();
    all.emplace(shard_group_options{.timeout_mode = GetParam()});
    file.emplace(all->link, device->path(), open_flags::read_only | open_flags::direct);
    device->stall_reads(size, 2s);
    begun = clock::now();
  }
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun);
  }

  /// A ring's kernel has it when it is submitted, a pool when one of its threads has begun it.
  void wait_for_the_device() {
    ASSERT_TRUE(all->wait_in_flight(1));
    std::this_thread::sleep_for(200ms);
  }

  std::jthread unthrottle_later() {
    return std::jthread([this] {
      std::this_thread::sleep_for(400ms);
      device->unthrottle();
    });
  }

  std::optional<fixtures::throttled_device> device;
  std::optional<service> all;
  std::optional<random_access_file> file;
  clock::time_point begun;
};

TEST_P(memory_is_never_given_back_early_by_a_device, a_callers_buffer_outlasts_the_deadline) {
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, size), &std::free);
  const std::jthread later = unthrottle_later();
  const outcome read = all->complete(
      [&](auto h) { file->async_read_some_at(0, asio::buffer(memory.get(), size), {.timeout = 50ms}, h); });
  EXPECT_GE(elapsed(), 300ms) << "it was not stuck long enough to show anything";
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(read.value, size);
  EXPECT_TRUE(std::string_view(static_cast<const char*>(memory.get()), size) == fixtures::make_pattern(size));
}

TEST_P(memory_is_never_given_back_early_by_a_device, an_owned_buffer_is_answered_for_at_the_deadline) {
  buffer_pool pool({.bytes = 1 << 20});
  lent_outcome read;
  file->async_read_some_at(0, pool.allocate(size), {.timeout = 150ms}, read.handler());
  ASSERT_TRUE(all->finish());
  const auto took = elapsed();
  RecordProperty("answered_after_ms", static_cast<int>(took.count()));
  EXPECT_TRUE(read.failed_with(errc::expired_in_flight)) << read;
  EXPECT_FALSE(read.buffer);
  EXPECT_GE(took, 150ms);
  EXPECT_LT(took, 1s) << "while it is stuck";
  EXPECT_EQ(all->in_flight(), 1U);
  EXPECT_EQ(pool.stats().buffers_in_use, 1U);
  device->unthrottle();
  EXPECT_TRUE(all->wait_in_flight(0));
  EXPECT_EQ(pool.stats().buffers_in_use, 0U);
}

TEST_P(memory_is_never_given_back_early_by_a_device, a_callers_buffer_outlasts_the_cancel) {
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, size), &std::free);
  outcome read;
  file->async_read_some_at(0, asio::buffer(memory.get(), size), read.handler());
  wait_for_the_device();
  const std::jthread later = unthrottle_later();
  file->cancel();
  ASSERT_TRUE(all->finish());
  EXPECT_GE(elapsed(), 500ms) << "it was not stuck long enough to show anything";
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_TRUE(std::string_view(static_cast<const char*>(memory.get()), size) == fixtures::make_pattern(size));
}

TEST_P(memory_is_never_given_back_early_by_a_device, a_callers_buffer_outlasts_the_stop) {
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, size), &std::free);
  outcome read;
  file->async_read_some_at(0, asio::buffer(memory.get(), size), read.handler());
  wait_for_the_device();
  const std::jthread later = unthrottle_later();
  all->group.stop();
  all->group.join();
  EXPECT_GE(elapsed(), 500ms) << "it was not stuck long enough to show anything";
  EXPECT_TRUE(std::string_view(static_cast<const char*>(memory.get()), size) == fixtures::make_pattern(size));
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(read.succeeded()) << read;
}

TEST_P(memory_is_never_given_back_early_by_a_device, an_owned_buffer_is_answered_for_at_the_stop) {
  all.emplace(shard_group_options{.timeout_mode = GetParam(), .shutdown_timeout = 100ms});
  file.emplace(all->link, device->path(), open_flags::read_only | open_flags::direct);
  device->stall_reads(size, 30s);
  buffer_pool pool({.bytes = 1 << 20});
  lent_outcome read;
  file->async_read_some_at(0, pool.allocate(size), read.handler());
  wait_for_the_device();
  begun = clock::now();
  all->group.stop();
  all->group.join();
  EXPECT_LT(elapsed(), 20s) << "while it is stuck";
  EXPECT_EQ(all->group.stats()[0].quarantined, 1U);
  EXPECT_EQ(pool.stats().buffers_in_use, 1U);
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(read.failed_with(errc::stopped)) << read;
  EXPECT_FALSE(read.buffer);
  device->unthrottle();
  EXPECT_TRUE(all->wait_in_flight(0));
  EXPECT_TRUE(all->run_until([&] { return pool.stats().buffers_in_use == 0; }));
}

INSTANTIATE_TEST_SUITE_P(timeouts, memory_is_never_given_back_early_by_a_device, both_timeout_modes, name_of_mode);

} // namespace
} // namespace shardbridge::tests
