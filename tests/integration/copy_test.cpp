// Goal: what is copied is what was there, whatever the range; a copy that ends early says how far it came and why.
// Method: files of a pattern that shows a byte out of place; a FIFO as a source that waits, /dev/full as a target that
// fails.
#include "support/fifo.hpp"
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <fstream>
#include <iterator>

namespace shardbridge::tests {
namespace {

constexpr std::uint64_t piece = 256 << 10;

std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class file_copies : public testing::Test {
 protected:
  outcome copy(std::uint64_t from, std::uint64_t to, std::uint64_t length, const op_options& options = {}) {
    return all.complete([&](auto handler) { async_copy(source, from, target, to, length, options, handler); });
  }
  void open_pattern(std::uint64_t size) {
    source.open(folder.make_file("source", size), open_flags::read_only);
    target.open(path, open_flags::read_write | open_flags::create | open_flags::truncate);
  }
  /// From where a read waits, to a file.
  void open_pipe() {
    source.open(pipe.path(), open_flags::read_write);
    target.open(path, open_flags::read_write | open_flags::create);
  }
  /// One that waits for more behind its first four bytes.
  void begin_from_pipe(outcome& out) {
    open_pipe();
    pipe.write("some");
    async_copy(source, 0, target, 0, 1000, out.handler());
    ASSERT_TRUE(all.run_until([&] { return target.size() == 4 && all.in_flight() == 1; }));
  }

  fixtures::temporary_folder folder;
  const std::string path = folder.path() / "target";
  fifo pipe;
  service all;
  random_access_file source{all.link};
  random_access_file target{all.link};
};

TEST_F(file_copies, of_every_length_are_whole) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, piece - 1, piece, piece + 1, 2 * piece, 5 * piece + 17}) {
    open_pattern(size);
    const outcome done = copy(0, 0, size);
    EXPECT_TRUE(done.succeeded()) << done;
    EXPECT_EQ(done.value, size);
    EXPECT_EQ(contents_of(path), fixtures::make_pattern(size)) << size;
    source.close();
    target.close();
  }
  expect_balanced(all.link.stats());
}

TEST_F(file_copies, of_a_range_leave_the_rest_alone) {
  open_pattern(3 * piece);
  const std::string before(2 * piece, 'x');
  target.write_some_at(0, asio::buffer(before));
  const outcome done = copy(11, 7, piece + 5);
  EXPECT_TRUE(done.succeeded()) << done;
  EXPECT_EQ(done.value, piece + 5);
  const std::string pattern = fixtures::make_pattern(3 * piece);
  EXPECT_EQ(contents_of(path), before.substr(0, 7) + pattern.substr(11, piece + 5) + before.substr(7 + piece + 5));
}

TEST_F(file_copies, end_where_the_source_ends) {
  open_pattern(piece + 100);
  const outcome rest = copy(100, 0, UINT64_MAX);
  EXPECT_TRUE(rest.succeeded()) << rest;
  EXPECT_EQ(rest.value, piece);
  const outcome behind = copy(piece + 100, 0, 10);
  EXPECT_TRUE(behind.succeeded()) << behind;
  EXPECT_EQ(behind.value, 0U);
}

TEST_F(file_copies, go_from_one_bridge_to_another) {
  shard_group others({.shards = 2});
  bridge other(all.context, others);
  random_access_file there(other, path, open_flags::read_write | open_flags::create);
  source.open(folder.make_file("source", 1000), open_flags::read_only);
  const outcome done = all.complete([&](auto handler) { async_copy(source, 0, there, 0, 1000, handler); });
  EXPECT_TRUE(done.succeeded()) << done;
  EXPECT_EQ(contents_of(path), fixtures::make_pattern(1000));
}

TEST_F(file_copies, need_two_open_files) {
  const error_code bad_descriptor(EBADF, boost::system::system_category());
  EXPECT_TRUE(copy(0, 0, 10).failed_with(bad_descriptor));
  source.open(folder.make_file("source", 10), open_flags::read_only);
  EXPECT_TRUE(copy(0, 0, 10).failed_with(bad_descriptor));
  target.open("/dev/null", open_flags::read_only);
  EXPECT_TRUE(copy(0, 0, 10).failed_with(bad_descriptor)) << "it cannot be written";
}

TEST_F(file_copies, that_fail_say_how_far_they_came) {
  source.open(folder.make_file("source", 3 * piece), open_flags::read_only);
  target.open("/dev/full", open_flags::write_only);
  const outcome full = copy(0, 0, 3 * piece);
  EXPECT_TRUE(full.failed_with(error_code(ENOSPC, boost::system::system_category()))) << full;
  EXPECT_EQ(full.value, 0U);
}

TEST_F(file_copies, count_the_memory_of_the_shard) {
  service small({}, {.max_bytes = 2 * piece - 1});
  random_access_file from(small.link, folder.make_file("source", 10), open_flags::read_only);
  random_access_file to(small.link, path, open_flags::read_write | open_flags::create);
  const outcome large = small.complete([&](auto handler) { async_copy(from, 0, to, 0, 2 * piece, handler); });
  EXPECT_TRUE(large.failed_with(errc::too_large)) << large;
  const outcome fits = small.complete([&](auto handler) { async_copy(from, 0, to, 0, 2 * piece - 1, handler); });
  EXPECT_TRUE(fits.succeeded()) << fits;
  EXPECT_EQ(fits.value, 10U);
}

TEST_F(file_copies, are_cancelled_by_their_slot) {
  outcome out;
  asio::cancellation_signal cancel;
  open_pipe();
  pipe.write("some");
  async_copy(source, 0, target, 0, 1000, asio::bind_cancellation_slot(cancel.slot(), out.handler()));
  ASSERT_TRUE(all.run_until([&] { return target.size() == 4 && all.in_flight() == 1; }));
  cancel.emit(asio::cancellation_type::partial);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(out.failed_with(asio::error::operation_aborted)) << out;
  EXPECT_EQ(out.value, 4U);
  expect_balanced(all.link.stats());
}

TEST_F(file_copies, are_cancelled_with_their_source) {
  outcome out;
  begin_from_pipe(out);
  source.cancel();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(out.failed_with(asio::error::operation_aborted)) << out;
  EXPECT_EQ(out.value, 4U);
}

TEST_F(file_copies, are_cancelled_with_their_target_at_the_next_write) {
  outcome out;
  begin_from_pipe(out);
  target.close();
  pipe.write("more");
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(out.failed_with(asio::error::operation_aborted)) << out;
  EXPECT_EQ(contents_of(path), "some");
}

TEST_F(file_copies, have_deadlines) {
  open_pipe();
  pipe.write("some");
  const outcome late = copy(0, 0, 1000, {.timeout = 50ms});
  EXPECT_EQ(late.error, std::errc::timed_out) << late;
  EXPECT_EQ(late.value, target.size()) << "on a slow machine nothing";
}

TEST_F(file_copies, are_told_of_a_stop) {
  outcome out;
  begin_from_pipe(out);
  all.group.stop();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(out.failed_with(errc::stopped)) << out;
  EXPECT_EQ(out.value, 4U);
}

TEST_F(file_copies, outlast_their_file_objects) {
  outcome out;
  {
    random_access_file from(all.link, folder.make_file("source", 5 * piece), open_flags::read_only);
    random_access_file to(all.link, path, open_flags::read_write | open_flags::create);
    async_copy(from, 0, to, 0, 5 * piece, out.handler());
  }
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(out.calls, 1);
  EXPECT_TRUE(!out.error || out.error == asio::error::operation_aborted) << out;
}

} // namespace
} // namespace shardbridge::tests
