// Goal: what is in the page cache is read by the initiating thread where the bridge was told so, with the same outcome
// as on a shard; all else goes to the shard. Method: a file in the page cache, and what bridge and shard count.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <cstring>

#include <fcntl.h>

namespace shardbridge::tests {
namespace {

class cached_reads : public testing::Test {
 protected:
  void SetUp() override {
    file.sync_all();
    // A file system that cannot read without waiting has nothing to show here.
    EXPECT_EQ(read(0, 1).value, 1U);
    if (all.link.stats().cached_reads != 1) GTEST_SKIP() << "no RWF_NOWAIT in " << folder.path();
  }
  outcome read(std::uint64_t offset, std::size_t size, const op_options& options = {}) {
    return all.complete([&](auto h) { file.async_read_some_at(offset, asio::buffer(buffer, size), options, h); });
  }
  void expect_on_shard(std::uint64_t reads) { EXPECT_EQ(all.link.stats().accepted, reads); }

  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 10'000);
  std::string buffer = std::string(20'000, '\0');
  service all{{}, {.max_bytes = 15'000, .cached_reads = true}};
  random_access_file file{all.link, path, open_flags::read_write};
};

TEST_F(cached_reads, need_no_shard) {
  const outcome whole = read(0, 10'000);
  EXPECT_TRUE(whole.succeeded() && whole.value == 10'000) << whole;
  EXPECT_TRUE(buffer.substr(0, 10'000) == fixtures::make_pattern(10'000));
  EXPECT_EQ(read(1, 5).value, 5U);
  EXPECT_EQ(buffer.substr(0, 5), fixtures::make_pattern(10).substr(1, 5));
  expect_on_shard(0);
  EXPECT_EQ(all.link.stats().cached_reads, 3U);
  EXPECT_EQ(all.link.stats().ops, 0U);
}

TEST_F(cached_reads, know_the_end_of_the_file) {
  const outcome tail = read(9'990, 100);
  EXPECT_TRUE(tail.succeeded() && tail.value == 10) << tail;
  EXPECT_TRUE(read(10'000, 5).failed_with(asio::error::eof));
  EXPECT_TRUE(read(99'999, 5).failed_with(asio::error::eof));
  expect_on_shard(0);
}

TEST_F(cached_reads, of_several_buffers_up_to_the_end) {
  const std::array<asio::mutable_buffer, 2> two{asio::buffer(buffer, 4), asio::buffer(buffer.data() + 100, 100)};
  const outcome got = all.complete([&](auto h) { file.async_read_some_at(9'990, two, h); });
  EXPECT_TRUE(got.succeeded() && got.value == 10) << got;
  EXPECT_EQ(buffer.substr(0, 4) + buffer.substr(100, 6), fixtures::make_pattern(10'000).substr(9'990));
}

TEST_F(cached_reads, do_not_run_the_handler_inside_the_initiating_function) {
  bool initiating = true;
  bool called = false;
  file.async_read_some_at(0, asio::buffer(buffer, 5), [&](const error_code&, std::size_t) {
    EXPECT_FALSE(initiating);
    called = true;
  });
  initiating = false;
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(called);
}

TEST_F(cached_reads, go_to_the_shard_where_the_data_are_not_there) {
  ASSERT_EQ(::posix_fadvise(file.native_handle(), 0, 0, POSIX_FADV_DONTNEED), 0);
  const outcome got = read(0, 10'000);
  EXPECT_TRUE(got.succeeded() && got.value == 10'000) << got;
  EXPECT_TRUE(buffer.substr(0, 10'000) == fixtures::make_pattern(10'000));
  const bridge_stats seen = all.link.stats();
  EXPECT_EQ(seen.accepted, seen.cached_reads_missed);
}

TEST_F(cached_reads, of_a_stream_move_its_position) {
  stream_file stream(all.link, path, stream_file::read_only);
  std::string text;
  EXPECT_TRUE(all.complete([&](auto h) { asio::async_read(stream, asio::dynamic_buffer(text), h); })
                  .failed_with(asio::error::eof));
  EXPECT_TRUE(text == fixtures::make_pattern(10'000));
  expect_on_shard(0);
}

TEST_F(cached_reads, with_a_buffer_of_their_own_give_it_back) {
  buffer_pool pool;
  std::size_t read = 0;
  file.async_read_some_at(0, pool.allocate(100), [&](const error_code& failed, std::size_t bytes, owned_buffer given) {
    EXPECT_FALSE(failed);
    EXPECT_EQ(given.size(), 100U);
    EXPECT_EQ(std::memcmp(given.data(), fixtures::make_pattern(100).data(), 100), 0);
    read = bytes;
  });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(read, 100U);
  expect_on_shard(0);
}

TEST_F(cached_reads, are_refused_expired_and_cancelled_as_others_are) {
  EXPECT_TRUE(read(0, 15'001).failed_with(errc::too_large));
  EXPECT_TRUE(read(0, 5, {.timeout = 0ns}).failed_with(errc::expired_queued));
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_TRUE(read(0, 5, {.stop_token = stopped.get_token()}).failed_with(asio::error::operation_aborted));
  all.link.stop();
  EXPECT_TRUE(read(0, 5).failed_with(errc::stopped));
  EXPECT_EQ(all.link.stats().cached_reads, 1U);
}

TEST_F(cached_reads, of_a_sequence_wait_for_their_turn) {
  sequence ordered(all.link);
  EXPECT_TRUE(read(0, 5, {.sequence = &ordered}).succeeded());
  expect_on_shard(1);
}

TEST_F(cached_reads, are_not_tried_on_pipes_or_for_writes) {
  const std::uint64_t before = all.link.stats().cached_reads;
  EXPECT_TRUE(all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer("x", 1), h); }).succeeded());
  random_access_file null(all.link, "/dev/null", open_flags::read_only);
  EXPECT_TRUE(all.complete([&](auto h) { null.async_read_some_at(0, asio::buffer(buffer, 5), h); })
                  .failed_with(asio::error::eof));
  EXPECT_EQ(all.link.stats().cached_reads, before);
  expect_on_shard(2);
}

TEST(cached_reads_by_default, are_off) {
  const fixtures::temporary_folder folder;
  service all;
  random_access_file file(all.link, folder.make_file("file", 100), open_flags::read_only);
  std::string buffer(100, '\0');
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).value, 100U);
  EXPECT_EQ(all.link.stats().cached_reads, 0U);
  EXPECT_EQ(all.link.stats().accepted, 1U);
}

} // namespace
} // namespace shardbridge::tests
