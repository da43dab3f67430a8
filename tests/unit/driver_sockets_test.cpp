// Goal: on both drivers every operation on sockets does the same and says the same.
// Method: pairs of UNIX sockets; TCP and UDP over the loopback with small buffers; a peer that reads when the test says
// so.
#include "every_driver.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include <sys/un.h>

namespace shardbridge::detail {
namespace {

sockaddr_in loopback(in_port_t port = 0) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = port;
  return out;
}

template <class Address>
const sockaddr* generic(const Address& of) {
  return reinterpret_cast<const sockaddr*>(&of);
}

sockaddr_in address_of(int socket) {
  sockaddr_in out{};
  socklen_t length = sizeof out;
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&out), &length), 0);
  return out;
}

fd_owner bound(int type) {
  fd_owner made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const sockaddr_in any = loopback();
  EXPECT_EQ(::bind(made, generic(any), sizeof any), 0);
  return made;
}

class driver_on_sockets : public every_driver {
 protected:
  static submission on_socket(op_code code, int fd, msghdr* message = nullptr) {
    submission what{.code = code};
    what.fd = fd;
    what.message = message;
    return what;
  }
  std::string text_of(const completion& got, const msghdr* asked = nullptr) {
    if (got.buffer < 0) return "no buffer";
    const received_piece& piece = kernel->piece(got, asked);
    return std::string(reinterpret_cast<const char*>(piece.begin), piece.size);
  }
  void give_back(const completion& got) { kernel->give_back(static_cast<std::uint16_t>(got.buffer)); }
};

TEST_P(driver_on_sockets, accept_brings_every_connection) {
  const fd_owner listener = bound(SOCK_STREAM);
  ASSERT_EQ(::listen(listener, 8), 0);
  const sockaddr_in to = address_of(listener);
  stage(0, on_socket(op_code::accept, listener));
  expect_waits(0);
  for (int times = 0; times < 3; ++times) {
    const fd_owner ours(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(ours, generic(to), sizeof to), 0);
    const completion got = next(0);
    EXPECT_TRUE(got.more);
    const fd_owner accepted(got.result);
    ASSERT_GE(accepted, 0);
    EXPECT_EQ(::fcntl(accepted, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(::fcntl(accepted, F_GETFL) & O_NONBLOCK, 0);
  }
  expect_cancelled(0);
  EXPECT_EQ(::fcntl(listener, F_GETFL) & O_NONBLOCK, 0) << "as it was before";
}

TEST_P(driver_on_sockets, accept_ends_with_the_listener) {
  const fd_owner listener = bound(SOCK_STREAM);
  ASSERT_EQ(::listen(listener, 8), 0);
  stage(0, on_socket(op_code::accept, listener));
  expect_waits(0);
  ASSERT_EQ(::shutdown(listener, SHUT_RDWR), 0);
  EXPECT_EQ(result(0), -EINVAL);
}

TEST_P(driver_on_sockets, connect_tells_what_came_of_it) {
  const fd_owner listener = bound(SOCK_STREAM);
  sockaddr_in to = address_of(listener);
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = sizeof to;
  const fd_owner refused(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(result_of(on_socket(op_code::connect, refused, &message)), -ECONNREFUSED);
  ASSERT_EQ(::listen(listener, 8), 0);
  const fd_owner ours(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(result_of(on_socket(op_code::connect, ours, &message)), 0);
  EXPECT_EQ(::fcntl(ours, F_GETFL) & O_NONBLOCK, 0) << "as it was before";
  EXPECT_EQ(result_of(on_socket(op_code::connect, ours, &message)), -EISCONN);
}

TEST_P(driver_on_sockets, connect_that_waits_is_cancelled) {
  // Of a UNIX socket whose listener has no room for more: no descriptor tells when it has.
  if (GetParam() == driver_kind::io_uring) GTEST_SKIP() << "the kernel gives it to a thread, see waits in io-wq";
  const fd_owner listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  ASSERT_EQ(::bind(listener, generic(to), sizeof(sa_family_t)), 0);
  socklen_t length = sizeof to;
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&to), &length), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  const fd_owner first(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(first, generic(to), length), 0);
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = length;
  const fd_owner second(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  stage(0, on_socket(op_code::connect, second, &message));
  expect_waits(0);
  expect_cancelled(0);
  stage(0, on_socket(op_code::connect, second, &message));
  expect_waits(0);
  const fd_owner accepted(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_EQ(result(0), 0);
}

TEST_P(driver_on_sockets, receive_takes_what_there_is) {
  socket_pair pair;
  bytes in(8);
  stage(0, transfer(op_code::receive, pair.ours, in));
  expect_waits(0);
  pair.they_send("one");
  EXPECT_EQ(result(0), 3);
  pair.they_send("two");
  EXPECT_EQ(result_of(transfer(op_code::receive, pair.ours, in)), 3);
  stage(0, transfer(op_code::receive, pair.ours, in));
  expect_waits(0);
  expect_cancelled(0);
  pair.theirs.close();
  EXPECT_EQ(result_of(transfer(op_code::receive, pair.ours, in)), 0);
  const pipe_ends pipe;
  EXPECT_EQ(result_of(transfer(op_code::receive, pipe.reader, in)), -ENOTSOCK);
}

TEST_P(driver_on_sockets, receive_many_brings_everything_until_the_stream_ends) {
  socket_pair pair;
  stage(0, on_socket(op_code::receive_many, pair.ours));
  expect_waits(0);
  for (const char* const text : {"one", "two", "three"}) {
    pair.they_send(text);
    const completion got = next(0);
    EXPECT_TRUE(got.more);
    EXPECT_EQ(text_of(got), text);
    EXPECT_EQ(kernel->buffers().lent, 1U);
    give_back(got);
    EXPECT_EQ(kernel->buffers().lent, 0U);
  }
  pair.theirs.close();
  const completion last = next(0);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(last.result, 0);
  EXPECT_EQ(last.buffer, -1) << "the end takes no buffer";
}

TEST_P(driver_on_sockets, receive_many_ends_when_no_buffer_is_left_and_loses_nothing) {
  make(4, 2);
  const socket_pair pair;
  EXPECT_EQ(kernel->without_buffers(), 0);
  EXPECT_EQ(kernel->buffers().all, 2U);
  stage(0, on_socket(op_code::receive_many, pair.ours));
  take();
  pair.they_send(std::string(buffer_bytes, 'a') + std::string(buffer_bytes, 'b') + "rest");
  const completion first = next(0), second = next(0);
  EXPECT_EQ(text_of(first), std::string(buffer_bytes, 'a'));
  EXPECT_EQ(text_of(second), std::string(buffer_bytes, 'b'));
  const completion last = next(0);
  EXPECT_EQ(last.result, -ENOBUFS);
  EXPECT_FALSE(last.more);
  give_back(first);
  stage(0, on_socket(op_code::receive_many, pair.ours));
  EXPECT_EQ(text_of(next(0)), "rest");
}

TEST_P(driver_on_sockets, receive_many_is_cancelled_and_loses_nothing) {
  const socket_pair pair;
  stage(0, on_socket(op_code::receive_many, pair.ours));
  expect_waits(0);
  expect_cancelled(0);
  pair.they_send("later");
  stage(0, on_socket(op_code::receive_many, pair.ours));
  EXPECT_EQ(text_of(next(0)), "later");
}

TEST_P(driver_on_sockets, without_buffers_there_are_none) {
  make(4, 0);
  EXPECT_EQ(kernel->without_buffers(), EOPNOTSUPP);
  EXPECT_EQ(kernel->buffers().all, 0U);
}

TEST_P(driver_on_sockets, receive_from_brings_datagrams_with_their_senders) {
  const fd_owner ours = bound(SOCK_DGRAM), theirs = bound(SOCK_DGRAM);
  const sockaddr_in to = address_of(ours), from = address_of(theirs);
  msghdr asked{};
  asked.msg_namelen = sizeof(sockaddr_storage);
  const auto they_send = [&](const std::string& text) {
    ASSERT_EQ(::sendto(theirs, text.data(), text.size(), 0, generic(to), sizeof to), static_cast<ssize_t>(text.size()));
  };
  stage(0, on_socket(op_code::receive_from, ours, &asked));
  expect_waits(0);
  for (const char* const text : {"one", "two"}) {
    they_send(text);
    const completion got = next(0);
    EXPECT_TRUE(got.more);
    const received_piece& piece = kernel->piece(got, &asked);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(piece.begin), piece.size), text);
    EXPECT_FALSE(piece.truncated);
    ASSERT_EQ(piece.sender_length, sizeof(sockaddr_in));
    sockaddr_in sender{};
    std::memcpy(&sender, piece.sender, sizeof sender);
    EXPECT_EQ(sender.sin_port, from.sin_port);
    give_back(got);
  }
  they_send(std::string(600, 'x'));
  const completion cut = next(0);
  const received_piece& piece = kernel->piece(cut, &asked);
  EXPECT_TRUE(piece.truncated);
  EXPECT_EQ(piece.size, buffer_bytes - 144);
  they_send("");
  const completion last = next(0);
  EXPECT_FALSE(last.more) << "an empty one ends it";
  EXPECT_EQ(text_of(last, &asked), "");
}

TEST_P(driver_on_sockets, send_sends_all_of_it) {
  const socket_pair pair;
  std::string text(4 << 20, '\0');
  for (std::size_t each = 0; each < text.size(); ++each)
    text[each] = static_cast<char>(each % 251);
  bytes out(text);
  // In pieces, more than are sent at once.
  std::vector<iovec> parts;
  for (std::size_t begin = 0; begin < text.size(); begin += text.size() / 128)
    parts.push_back({out.memory.data() + begin, text.size() / 128});
  submission what = transfer(op_code::send, pair.ours, out);
  what.iovecs = parts.data();
  what.iovec_count = static_cast<std::uint32_t>(parts.size());
  stage(0, what);
  expect_waits(0);
  std::string got;
  std::thread peer([&] { got = pair.they_receive(text.size()); });
  EXPECT_EQ(result(0), static_cast<std::int32_t>(text.size())) << "once, with all";
  peer.join();
  EXPECT_TRUE(got == text);
}

TEST_P(driver_on_sockets, send_tells_what_went_out_when_it_is_cancelled) {
  const socket_pair pair;
  bytes out(std::string(4 << 20, 'x'));
  stage(0, transfer(op_code::send, pair.ours, out));
  expect_waits(0);
  cancel(0);
  EXPECT_EQ(said_to_cancel(0), 0);
  const std::int32_t sent = result(0);
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 4 << 20);
  ASSERT_EQ(::shutdown(pair.ours, SHUT_WR), 0);
  EXPECT_EQ(pair.they_receive(4 << 20).size(), static_cast<std::size_t>(sent));
}

TEST_P(driver_on_sockets, send_tells_what_went_out_when_the_connection_breaks) {
  socket_pair pair;
  bytes out(std::string(4 << 20, 'x'));
  stage(0, transfer(op_code::send, pair.ours, out));
  expect_waits(0);
  pair.theirs.close();
  const std::int32_t sent = result(0);
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 4 << 20);
  EXPECT_EQ(result_of(transfer(op_code::send, pair.ours, out)), -EPIPE) << "and raises no signal";
}

TEST_P(driver_on_sockets, send_to_sends_a_datagram) {
  const fd_owner ours = bound(SOCK_DGRAM), theirs = bound(SOCK_DGRAM);
  sockaddr_in to = address_of(theirs);
  bytes out("a datagram");
  out.message.msg_name = &to;
  out.message.msg_namelen = sizeof to;
  EXPECT_EQ(result_of(transfer(op_code::send_to, ours, out)), 10);
  char got[32];
  EXPECT_EQ(::recv(theirs, got, sizeof got, 0), 10);
  bytes much(std::string(70'000, 'x'));
  much.message = out.message;
  EXPECT_EQ(result_of(transfer(op_code::send_to, ours, much)), -EMSGSIZE);
}

TEST_P(driver_on_sockets, answers_of_one_leave_room_for_another) {
  const fd_owner listener = bound(SOCK_STREAM);
  ASSERT_EQ(::listen(listener, 64), 0);
  const sockaddr_in to = address_of(listener);
  std::vector<fd_owner> ours;
  for (int each = 0; each < 40; ++each) {
    ours.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(ours.back(), generic(to), sizeof to), 0);
  }
  stage(0, on_socket(op_code::accept, listener));
  stage(1, {.code = op_code::nop});
  EXPECT_EQ(result(1), 0);
  for (int each = 0; each < 40; ++each) {
    const fd_owner accepted(next(0).result);
    EXPECT_GE(accepted, 0);
  }
  expect_cancelled(0);
}

INSTANTIATE_TEST_SUITE_P(, driver_on_sockets, both_drivers, name_of_kind);

} // namespace
} // namespace shardbridge::detail
