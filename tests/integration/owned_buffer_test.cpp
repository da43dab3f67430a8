// Goal: a buffer goes along with its operation and comes back with the handler, whatever the operation came to, unless
// the kernel has it still. Method: every way an operation can end, on files, FIFOs and a file system that hangs; the
// pool counts what is out.
#include "support/fifo.hpp"
#include "support/fuse.hpp"
#include "support/lent_buffer.hpp"
#include "support/stuck_reads.hpp"
#include "support/timeout_modes.hpp"

#include <future>
#include <tuple>

namespace shardbridge::tests {
namespace {

class owned_buffers : public testing::Test {
 protected:
  [[nodiscard]] std::uint64_t lent() const { return pool.stats().buffers_in_use; }
  template <class Initiate>
  lent_outcome complete(Initiate initiate) {
    lent_outcome out;
    initiate(out.handler());
    EXPECT_TRUE(all.finish()) << "something is still outstanding";
    return out;
  }
  lent_outcome read(random_access_file& from, std::uint64_t offset, std::size_t size, const op_options& options = {}) {
    return complete([&](auto h) { from.async_read_some_at(offset, pool.allocate(size), options, h); });
  }

  buffer_pool pool{{.bytes = 1 << 20}};
  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 10000);
  service all{{}, {.max_ops = 1, .max_bytes = 100000, .when_full = when_full::refuse}};
  random_access_file file{all.link, path, open_flags::read_write};
};

TEST_F(owned_buffers, are_written_and_read_and_come_back) {
  const lent_outcome wrote = complete([&](auto h) { file.async_write_some_at(100, filled(pool, "some text"), h); });
  EXPECT_TRUE(wrote.succeeded()) << wrote;
  EXPECT_EQ(wrote.value, 9U);
  EXPECT_EQ(text_of(wrote.buffer), "some text");
  const lent_outcome got = read(file, 100, 9);
  EXPECT_TRUE(got.succeeded()) << got;
  EXPECT_EQ(text_of(got.buffer), "some text");
  EXPECT_EQ(lent(), 2U);
}

TEST_F(owned_buffers, come_back_at_the_end_of_the_file_in_full_size) {
  const lent_outcome part = read(file, 9990, 100);
  EXPECT_TRUE(part.succeeded()) << part;
  EXPECT_EQ(part.value, 10U);
  EXPECT_EQ(part.buffer.size(), 100U);
  EXPECT_EQ(text_of(part.buffer).substr(0, 10), fixtures::make_pattern(10000).substr(9990));
  const lent_outcome behind = read(file, 10000, 100);
  EXPECT_TRUE(behind.failed_with(asio::error::eof)) << behind;
  EXPECT_TRUE(behind.buffer);
}

TEST_F(owned_buffers, of_no_bytes_need_no_kernel) {
  const std::uint64_t before = all.submissions();
  EXPECT_TRUE(complete([&](auto h) { file.async_read_some_at(0, owned_buffer(), h); }).succeeded());
  const lent_outcome empty = read(file, 0, 0);
  EXPECT_TRUE(empty.succeeded() && empty.buffer) << empty;
  EXPECT_EQ(all.submissions(), before);
}

TEST_F(owned_buffers, come_back_intact_from_what_is_refused) {
  stuck_reads holder(all.link);
  holder.start();
  lent_outcome full;
  file.async_write_some_at(0, filled(pool, "kept"), full.handler());
  ASSERT_TRUE(all.run_until([&] { return full.calls == 1; }));
  EXPECT_TRUE(full.failed_with(errc::no_room)) << full;
  EXPECT_EQ(text_of(full.buffer), "kept");
  holder.pipe.write("x");
  ASSERT_TRUE(all.finish());

  const lent_outcome large = read(file, 0, 200000);
  EXPECT_TRUE(large.failed_with(errc::too_large) && large.buffer) << large;
  random_access_file closed(all.link);
  const lent_outcome bad = read(closed, 0, 10);
  EXPECT_TRUE(bad.failed_with(asio::error::bad_descriptor) && bad.buffer) << bad;
  const lent_outcome late = read(file, 0, 10, {.timeout = 0ns});
  EXPECT_TRUE(late.failed_with(errc::expired_queued) && late.buffer) << late;
  all.group.stop();
  all.group.join();
  const lent_outcome stopped = read(file, 0, 10);
  EXPECT_TRUE(stopped.failed_with(errc::stopped) && stopped.buffer) << stopped;
}

TEST_F(owned_buffers, are_aligned_for_direct_files) {
  random_access_file direct(all.link);
  error_code failed;
  direct.open(path, open_flags::read_only | open_flags::direct, failed);
  if (failed == boost::system::errc::invalid_argument) GTEST_SKIP() << "no direct I/O in " << folder.path();
  const lent_outcome got = read(direct, 4096, 4096);
  EXPECT_TRUE(got.succeeded()) << got;
  EXPECT_EQ(text_of(got.buffer), fixtures::make_pattern(10000).substr(4096, 4096));
  const lent_outcome misaligned = read(direct, 4096, 100);
  EXPECT_TRUE(misaligned.failed_with(errc::misaligned) && misaligned.buffer) << misaligned;
}

TEST_F(owned_buffers, come_back_from_what_was_cancelled_or_late_if_the_kernel_lets_go) {
  fifo pipe;
  random_access_file waiting(all.link, pipe.path(), open_flags::read_write);
  const lent_outcome late = read(waiting, 0, 10, {.timeout = 200ms});
  EXPECT_TRUE(late.failed_with(errc::expired_in_flight) && late.buffer) << late;
  lent_outcome cancelled;
  waiting.async_read_some_at(0, pool.allocate(10), cancelled.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  waiting.cancel();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(cancelled.failed_with(asio::error::operation_aborted) && cancelled.buffer) << cancelled;
  EXPECT_EQ(all.group.stats()[0].detached, 0U);
}

TEST_F(owned_buffers, work_with_any_token) {
  auto future = file.async_read_some_at(0, pool.allocate(10), asio::use_future);
  ASSERT_TRUE(all.finish());
  auto [bytes, buffer] = future.get();
  EXPECT_EQ(bytes, 10U);
  EXPECT_EQ(text_of(buffer), fixtures::make_pattern(10));
  bool done = false;
  const auto client = [&]() -> asio::awaitable<void> {
    auto [failed, count, mine] =
        co_await file.async_write_some_at(0, std::move(buffer), asio::as_tuple(asio::use_awaitable));
    EXPECT_EQ(count, 10U);
    auto again = file.async_read_some_at(0, std::move(mine), asio::deferred);
    auto [read, back] = co_await std::move(again)(asio::use_awaitable);
    done = !failed && read == 10 && text_of(back) == fixtures::make_pattern(10);
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(done);
  EXPECT_EQ(lent(), 0U);
}

TEST_F(owned_buffers, go_back_to_their_pool_with_their_context) {
  auto context = std::make_unique<asio::io_context>();
  bridge link(*context, all.group);
  fifo pipe;
  random_access_file waiting(link, pipe.path(), open_flags::read_write);
  waiting.async_read_some_at(0, pool.allocate(10), [](auto&&...) { FAIL(); });
  ASSERT_TRUE(all.wait_in_flight(1));
  context.reset();
  EXPECT_EQ(lent(), 0U);
}

class owned_buffers_while_it_hangs : public with_fuse<testing::TestWithParam<timeout_mode>> {};

TEST_P(owned_buffers_while_it_hangs, are_answered_for_and_go_back_when_the_kernel_lets_go) {
  buffer_pool pool({.bytes = 1 << 20});
  const std::string path = fuse->make_file("file", 100);
  service all({.timeout_mode = GetParam()});
  random_access_file file(all.link, path, open_flags::read_write);
  fuse->set(fuse_op::read, {.hang = true});
  fuse->set(fuse_op::write, {.hang = true});
  const std::uint32_t written = fuse->finished(fuse_op::write);
  lent_outcome read;
  lent_outcome write;
  file.async_read_some_at(0, pool.allocate(100), {.timeout = 300ms}, read.handler());
  file.async_write_some_at(0, filled(pool, "later"), {.timeout = 300ms}, write.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(errc::expired_in_flight)) << read;
  EXPECT_TRUE(write.failed_with(errc::expired_in_flight)) << write;
  EXPECT_FALSE(read.buffer);
  EXPECT_FALSE(write.buffer);
  EXPECT_EQ(pool.stats().buffers_in_use, 2U) << "the kernel has them";
  expect_balanced(all.link.stats());
  EXPECT_EQ(all.in_flight(), 2U);
  fuse->clear();
  fuse->release();
  EXPECT_TRUE(all.wait_in_flight(0));
  EXPECT_EQ(pool.stats().buffers_in_use, 0U);
  EXPECT_EQ(fuse->finished(fuse_op::write), written + 1) << "it takes effect later";
}

INSTANTIATE_TEST_SUITE_P(timeouts, owned_buffers_while_it_hangs, both_timeout_modes, name_of_mode);

} // namespace
} // namespace shardbridge::tests
