// Goal: descriptors that are assigned: regular files, pipes and sockets, whose reads that wait for ever leave room for
// the writes that end them. Method: real ones; on a ring of two the reads of two sockets and the writes that satisfy
// them, in that order.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <deque>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

/// Both ends of a connection, as files.
struct socket_pair {
  explicit socket_pair(bridge& link) : near(link), far(link) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    near.assign(ends[0]);
    far.assign(ends[1]);
  }
  random_access_file near, far;
  std::array<char, 16> received{};
};

TEST(assign, takes_over_a_regular_file) {
  service all;
  const fixtures::temporary_folder folder;
  const std::string path = folder.path() / "file";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  random_access_file file(all.link);
  file.assign(fd);
  EXPECT_TRUE(file.is_open());
  EXPECT_EQ(file.native_handle(), fd);
  outcome written;
  file.async_write_some_at(3, asio::buffer("text", 4), written.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(written.succeeded()) << written;
  EXPECT_EQ(file.size(), 7U);
  file.close();
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1) << "it was the file's";
}

TEST(assign, by_the_constructor) {
  service all;
  const fixtures::temporary_folder folder;
  const int fd = ::open(folder.make_file("file", 10).c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  random_access_file file(all.link, fd);
  EXPECT_EQ(file.native_handle(), fd);
  EXPECT_EQ(file.size(), 10U);
  EXPECT_THROW(random_access_file(all.link, -1), boost::system::system_error);
}

TEST(assign, refuses_what_is_not_open_and_where_something_is) {
  service all;
  random_access_file file(all.link);
  error_code failed;
  file.assign(-1, failed);
  EXPECT_EQ(failed, asio::error::bad_descriptor);
  EXPECT_FALSE(file.is_open());
  EXPECT_THROW(file.assign(-1), boost::system::system_error);
  file.open("/dev/null", open_flags::read_only);
  file.assign(STDIN_FILENO, failed);
  EXPECT_EQ(failed, asio::error::already_open);
}

TEST(assign, sockets_complete_on_a_ring_of_two) {
  service all({.ring_entries = 2});
  std::deque<socket_pair> pairs;
  std::deque<outcome> reads;
  std::deque<outcome> writes;
  for (int each = 0; each < 8; ++each) {
    socket_pair& pair = pairs.emplace_back(all.link);
    pair.near.async_read_some_at(0, asio::buffer(pair.received), reads.emplace_back().handler());
  }
  for (socket_pair& pair : pairs)
    pair.far.async_write_some_at(0, asio::buffer("hello", 5), writes.emplace_back().handler());
  ASSERT_TRUE(all.finish()) << "they wait for each other";
  for (const outcome& each : reads)
    EXPECT_TRUE(each.succeeded()) << each;
  for (const outcome& each : writes)
    EXPECT_TRUE(each.succeeded()) << each;
  for (const socket_pair& pair : pairs)
    EXPECT_EQ(std::string_view(pair.received.data(), 5), "hello");
}

TEST(assign, a_read_of_a_socket_is_cancelled) {
  service all;
  socket_pair pair(all.link);
  outcome read;
  pair.near.async_read_some_at(0, asio::buffer(pair.received), read.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  pair.near.cancel();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
}

} // namespace
} // namespace shardbridge::tests
