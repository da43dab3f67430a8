// Goal: a stream file goes on where its last transfer ended, whatever became of that, by every way to read and write,
// Asio's composed operations included. Method: a pattern read and written in pieces, and compared with what ordinary
// calls see; transfers that fail or are cancelled between others.
#include "support/fifo.hpp"
#include "support/service.hpp"

#include <size_limit.hpp>
#include <temporary_folder.hpp>

#include <array>
#include <fstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

class streams : public testing::Test {
 public:
  std::string contents() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void use_pattern(std::size_t size) {
    pattern = fixtures::make_pattern(size);
    std::ofstream(path, std::ios::binary) << pattern;
    file.open(path, stream_file::read_write);
  }
  outcome read(std::size_t bytes) {
    buffer.assign(bytes, '\0');
    return all.complete([&](auto handler) { file.async_read_some(asio::buffer(buffer), handler); });
  }
  outcome write(std::string_view text) {
    return all.complete([&](auto handler) { file.async_write_some(asio::buffer(text), handler); });
  }
  std::uint64_t position() { return file.seek(0, stream_file::seek_cur); }

  const fixtures::temporary_folder folder;
  const std::string path = folder.path() / "file";
  std::string pattern;
  std::string buffer;
  service all;
  stream_file file{all.link};
};

TEST_F(streams, read_on_from_where_they_were) {
  use_pattern(10'000);
  std::string seen;
  for (const std::size_t piece : {1U, 999U, 5'000U, 10'000U}) {
    const outcome got = read(piece);
    EXPECT_TRUE(got.succeeded()) << got;
    seen += buffer.substr(0, got.value);
  }
  EXPECT_TRUE(seen == pattern);
  EXPECT_TRUE(read(1).failed_with(asio::error::eof));
  EXPECT_EQ(position(), 10'000U);
}

TEST_F(streams, write_on_from_where_they_were) {
  file.open(path, stream_file::write_only | stream_file::create);
  EXPECT_TRUE(write("one, ").succeeded());
  EXPECT_TRUE(write("two").succeeded());
  EXPECT_EQ(contents(), "one, two");
}

TEST_F(streams, have_one_position_for_both) {
  use_pattern(100);
  EXPECT_EQ(read(10).value, 10U);
  EXPECT_EQ(write("0123456789").value, 10U);
  EXPECT_EQ(read(10).value, 10U);
  EXPECT_EQ(buffer, pattern.substr(20, 10));
  EXPECT_EQ(contents(), pattern.substr(0, 10) + "0123456789" + pattern.substr(20));
}

TEST_F(streams, work_with_composed_operations) {
  file.open(path, stream_file::read_write | stream_file::create | stream_file::truncate);
  const std::string text = "a line\nanother line\n" + fixtures::make_pattern(300'000);
  outcome wrote;
  asio::async_write(file, asio::buffer(text), wrote.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(wrote.value, text.size());
  EXPECT_EQ(file.seek(0, stream_file::seek_set), 0U);

  std::string input;
  outcome line;
  asio::async_read_until(file, asio::dynamic_buffer(input), '\n', line.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(input.substr(0, line.value), "a line\n");
  outcome rest;
  asio::async_read(file, asio::dynamic_buffer(input), rest.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(rest.error, asio::error::eof);
  EXPECT_TRUE(input == text);
}

TEST_F(streams, look_their_position_up_when_an_operation_begins) {
  use_pattern(100);
  std::array<char, 10> first{}, second{};
  auto one = file.async_read_some(asio::buffer(first), asio::deferred);
  auto other = file.async_read_some(asio::buffer(second), asio::deferred);
  outcome got;
  std::move(other)(got.handler());
  ASSERT_TRUE(all.finish());
  std::move(one)(got.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(std::string(second.data(), 10), pattern.substr(0, 10));
  EXPECT_EQ(std::string(first.data(), 10), pattern.substr(10, 10));
}

TEST_F(streams, read_and_write_on_the_calling_thread) {
  use_pattern(100);
  std::array<char, 30> some{};
  EXPECT_EQ(file.read_some(asio::buffer(some, 10)), 10U);
  EXPECT_EQ(file.write_some(asio::buffer("xyz", 3)), 3U);
  EXPECT_EQ(asio::read(file, asio::buffer(some)), 30U);
  EXPECT_EQ(std::string(some.data(), 30), pattern.substr(13, 30));
  file.seek(0, stream_file::seek_end);
  error_code failed;
  EXPECT_EQ(file.read_some(asio::buffer(some), failed), 0U);
  EXPECT_EQ(failed, asio::error::eof);
  EXPECT_THROW(static_cast<void>(file.read_some(asio::buffer(some))), boost::system::system_error);
  EXPECT_EQ(contents(), pattern.substr(0, 10) + "xyz" + pattern.substr(13));
  stream_file closed(all.link);
  EXPECT_EQ(closed.write_some(asio::buffer("x", 1), failed), 0U);
  EXPECT_EQ(failed, asio::error::bad_descriptor);
}

TEST_F(streams, seek_from_the_beginning_the_position_and_the_end) {
  use_pattern(100);
  EXPECT_EQ(file.seek(30, stream_file::seek_set), 30U);
  EXPECT_EQ(file.seek(-10, stream_file::seek_cur), 20U);
  EXPECT_EQ(read(5).value, 5U);
  EXPECT_EQ(buffer, pattern.substr(20, 5));
  EXPECT_EQ(file.seek(-1, stream_file::seek_end), 99U);
  EXPECT_EQ(read(5).value, 1U);
  EXPECT_EQ(file.seek(100, stream_file::seek_end), 200U) << "behind the end";
  EXPECT_TRUE(read(1).failed_with(asio::error::eof));
}

TEST_F(streams, refuse_to_seek_where_there_is_nothing) {
  use_pattern(100);
  file.seek(10, stream_file::seek_set);
  error_code failed;
  EXPECT_EQ(file.seek(-11, stream_file::seek_cur, failed), 0U);
  EXPECT_EQ(failed, boost::system::errc::invalid_argument);
  file.seek(INT64_MAX, stream_file::seek_cur, failed);
  EXPECT_EQ(failed, boost::system::errc::invalid_argument);
  EXPECT_EQ(position(), 10U) << "as before";
  EXPECT_THROW(file.seek(-1, stream_file::seek_set), boost::system::system_error);
  stream_file closed(all.link);
  closed.seek(0, stream_file::seek_set, failed);
  EXPECT_EQ(failed, asio::error::bad_descriptor);
}

TEST_F(streams, do_not_move_by_what_was_not_transferred) {
  use_pattern(100);
  EXPECT_EQ(read(10).value, 10U);
  buffer.assign(10, '\0');
  const outcome late =
      all.complete([&](auto handler) { file.async_read_some(asio::buffer(buffer), {.timeout = 0ns}, handler); });
  EXPECT_EQ(late.error, boost::system::errc::timed_out);
  EXPECT_EQ(position(), 10U);
  all.link.stop();
  EXPECT_TRUE(read(10).failed_with(errc::stopped));
  EXPECT_EQ(position(), 10U);
}

TEST_F(streams, move_by_what_was_transferred_before_a_failure) {
  file.open(path, stream_file::read_write | stream_file::create);
  {
    const fixtures::size_limit limit(6);
    const outcome wrote = write("123456789");
    EXPECT_EQ(wrote.value, 6U);
    EXPECT_TRUE(write("7").failed_with(error_code(EFBIG, boost::system::system_category())));
  }
  EXPECT_EQ(position(), 6U);
  EXPECT_TRUE(write("789").succeeded());
  EXPECT_EQ(contents(), "123456789");
}

TEST_F(streams, are_at_the_end_behind_a_write_that_appends) {
  use_pattern(100);
  file.close();
  file.open(path, stream_file::read_write | stream_file::append);
  EXPECT_EQ(read(10).value, 10U);
  EXPECT_EQ(write("appended").value, 8U);
  EXPECT_EQ(position(), 108U);
  EXPECT_TRUE(read(1).failed_with(asio::error::eof));
  file.seek(0, stream_file::seek_set);
  EXPECT_EQ(file.write_some(asio::buffer("!", 1)), 1U);
  EXPECT_EQ(position(), 109U);
  EXPECT_EQ(contents(), pattern + "appended!");
}

TEST_F(streams, begin_at_the_beginning_of_each_file_and_where_a_descriptor_is) {
  use_pattern(100);
  EXPECT_EQ(read(10).value, 10U);
  file.close();
  file.open(path, stream_file::read_only);
  EXPECT_EQ(position(), 0U);
  file.close();
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_APPEND);
  ASSERT_EQ(::lseek(fd, 40, SEEK_SET), 40);
  stream_file assigned(all.link, fd);
  EXPECT_EQ(assigned.seek(0, stream_file::seek_cur), 40U);
  EXPECT_EQ(assigned.write_some(asio::buffer("x", 1)), 1U);
  EXPECT_EQ(assigned.seek(0, stream_file::seek_cur), 101U) << "it appends";
}

TEST_F(streams, of_pipes_have_no_position) {
  const fifo pipe;
  file.open(pipe.path(), stream_file::read_write);
  EXPECT_EQ(write("through the pipe").value, 16U);
  EXPECT_EQ(read(7).value, 7U);
  EXPECT_EQ(read(100).value, 9U);
  EXPECT_EQ(buffer.substr(0, 9), " the pipe");
  EXPECT_EQ(file.write_some(asio::buffer("at once", 7)), 7U);
  EXPECT_EQ(file.read_some(asio::buffer(buffer)), 7U);
  error_code failed;
  file.seek(0, stream_file::seek_cur, failed);
  EXPECT_EQ(failed, boost::system::errc::invalid_seek);
}

TEST_F(streams, can_be_read_on_after_a_cancelled_read) {
  const fifo pipe;
  file.open(pipe.path(), stream_file::read_write);
  outcome cancelled;
  buffer.assign(4, '\0');
  file.async_read_some(asio::buffer(buffer), cancelled.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  file.cancel();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(cancelled.failed_with(asio::error::operation_aborted));
  pipe.write("text");
  EXPECT_EQ(read(4).value, 4U);
  EXPECT_EQ(buffer, "text");
}

TEST_F(streams, keep_their_position_when_they_are_moved) {
  use_pattern(100);
  EXPECT_EQ(read(10).value, 10U);
  stream_file other(std::move(file));
  EXPECT_EQ(other.seek(0, stream_file::seek_cur), 10U);
  EXPECT_FALSE(file.is_open());
}

TEST_F(streams, give_their_descriptor_up) {
  use_pattern(100);
  const int fd = file.release();
  EXPECT_FALSE(file.is_open());
  char first = 0;
  EXPECT_EQ(::read(fd, &first, 1), 1);
  EXPECT_EQ(first, pattern[0]);
  EXPECT_EQ(::close(fd), 0) << "it is the caller's";
  error_code failed;
  EXPECT_EQ(file.release(failed), -1);
  EXPECT_EQ(failed, asio::error::bad_descriptor);
  EXPECT_THROW(file.release(), boost::system::system_error);
}

TEST_F(streams, give_a_duplicate_up_while_a_shard_has_the_descriptor) {
  const fifo pipe;
  file.open(pipe.path(), stream_file::read_write);
  const int number = file.native_handle();
  outcome cancelled;
  buffer.assign(4, '\0');
  file.async_read_some(asio::buffer(buffer), cancelled.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  const int fd = file.release();
  EXPECT_NE(fd, number);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(cancelled.failed_with(asio::error::operation_aborted));
  pipe.write("text");
  EXPECT_EQ(::read(fd, buffer.data(), 4), 4);
  EXPECT_EQ(buffer, "text");
  ::close(fd);
}

TEST_F(streams, of_direct_files_refuse_what_is_misaligned) {
  const std::string aligned_path = folder.make_file("direct", 8192);
  error_code failed;
  file.open(aligned_path, stream_file::read_only | stream_file::direct, failed);
  if (failed) GTEST_SKIP() << "no O_DIRECT here: " << failed.message();
  alignas(4096) static std::array<char, 4096> page;
  const outcome odd =
      all.complete([&](auto handler) { file.async_read_some(asio::buffer(page.data() + 1, 100), handler); });
  EXPECT_TRUE(odd.failed_with(errc::misaligned));
  EXPECT_EQ(file.read_some(asio::buffer(page.data() + 1, 100), failed), 0U);
  EXPECT_EQ(failed, errc::misaligned);
  const outcome even = all.complete([&](auto handler) { file.async_read_some(asio::buffer(page), handler); });
  EXPECT_EQ(even.value, 4096U);
  EXPECT_EQ(position(), 4096U);
}

TEST(random_access, reads_and_writes_on_the_calling_thread) {
  service all;
  const fixtures::temporary_folder folder;
  random_access_file file(all.link, folder.path() / "file",
                          random_access_file::read_write | random_access_file::create);
  EXPECT_EQ(file.write_some_at(2, asio::buffer("text", 4)), 4U);
  std::array<char, 10> some{};
  EXPECT_EQ(file.read_some_at(3, asio::buffer(some)), 3U);
  EXPECT_EQ(std::string(some.data(), 3), "ext");
  error_code failed;
  EXPECT_EQ(asio::read_at(file, 0, asio::buffer(some), failed), 6U);
  EXPECT_EQ(failed, asio::error::eof);
  EXPECT_THROW(static_cast<void>(file.read_some_at(6, asio::buffer(some))), boost::system::system_error);
  EXPECT_EQ(file.write_some_at(0, asio::buffer("x", 0)), 0U) << "of nothing does nothing";
}

} // namespace
} // namespace shardbridge::tests
