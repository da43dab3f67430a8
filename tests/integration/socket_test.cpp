// Goal: code on a shard accepts, connects, receives and sends over its shard's ring. Method: both ends of TCP and UNIX
// connections in tasks of one shard.
#include "support/connected.hpp"

#include <temporary_folder.hpp>

#include <array>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace shardbridge::tests {
namespace {

class shard_sockets : public on_shard {
 protected:
  fixtures::temporary_folder folder;
};

TEST_F(shard_sockets, carry_bytes_both_ways) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    const std::string question = "what?";
    EXPECT_EQ(co_await on.send(both.theirs, asio::buffer(question)), 5U);
    EXPECT_EQ(co_await receive(on, both.ours, 5), "what?");
    const std::string one = "that", two = " is all";
    const std::array parts{asio::buffer(one), asio::buffer(two)};
    EXPECT_EQ(co_await on.send(both.ours, parts), 11U);
    both.ours.shutdown(socket_half::send);
    EXPECT_EQ(co_await receive(on, both.theirs), "that is all");
    const received_buffer end = co_await on.recv(both.theirs);
    EXPECT_TRUE(end.empty()) << "the end stays the end";
    EXPECT_EQ(end.data(), nullptr);
    EXPECT_EQ(co_await on.send(both.theirs, asio::buffer(question)), 5U) << "the other half is open still";
    EXPECT_EQ(co_await receive(on, both.ours, 5), "what?");
  });
}

TEST_F(shard_sockets, know_their_addresses_and_options) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    EXPECT_EQ(both.ours.local_endpoint<tcp::endpoint>(), both.theirs.remote_endpoint<tcp::endpoint>());
    EXPECT_EQ(both.theirs.local_endpoint<tcp::endpoint>(), both.ours.remote_endpoint<tcp::endpoint>());
    both.ours.set_option(tcp::no_delay(true));
    int on_now = 0;
    socklen_t length = sizeof on_now;
    EXPECT_EQ(::getsockopt(both.ours.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on_now, &length), 0);
    EXPECT_EQ(on_now, 1);
    const int flags = ::fcntl(both.ours.native_handle(), F_GETFD);
    EXPECT_NE(flags & FD_CLOEXEC, 0);
  });
}

TEST_F(shard_sockets, receive_into_the_callers_memory) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    co_await on.send(both.theirs, asio::buffer("hello world", 11));
    std::array<char, 3> one{};
    std::array<char, 20> two{};
    const std::array<asio::mutable_buffer, 2> parts{asio::buffer(one), asio::buffer(two)};
    EXPECT_EQ(co_await on.recv(both.ours, parts), 11U);
    EXPECT_EQ(std::string(one.data(), 3) + two.data(), "hello world");
    EXPECT_EQ(co_await on.recv(both.ours, asio::buffer(one, 0)), 0U) << "nothing was wanted";
    both.theirs.close();
    EXPECT_EQ(co_await on.recv(both.ours, asio::buffer(one)), 0U) << "the end";
    EXPECT_EQ(co_await receive(on, both.ours), "");
  });
}

TEST_F(shard_sockets, receive_in_both_ways_in_the_order_of_the_stream) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    co_await on.send(both.theirs, asio::buffer("first", 5));
    EXPECT_EQ(co_await receive(on, both.ours, 5), "first");
    co_await on.send(both.theirs, asio::buffer("second", 6));
    std::array<char, 4> four{};
    std::string text;
    while (text.size() < 6)
      text.append(four.data(), co_await on.recv(both.ours, asio::buffer(four)));
    EXPECT_EQ(text, "second");
    auto waiting = on.spawn([](shard& where, const shard_socket& from) -> task<std::string> {
      std::array<char, 10> room{};
      const std::size_t count = co_await where.recv(from, asio::buffer(room));
      co_return std::string(room.data(), count);
    }(on, both.ours));
    co_await on.yield();
    co_await on.send(both.theirs, asio::buffer("third", 5));
    EXPECT_EQ(co_await std::move(waiting).join(), "third");
    co_await on.send(both.theirs, asio::buffer("fourth", 6));
    EXPECT_EQ(co_await receive(on, both.ours, 6), "fourth");
    both.theirs.close();
    EXPECT_EQ(co_await on.recv(both.ours, asio::buffer(four)), 0U);
  });
}

TEST_F(shard_sockets, carry_more_than_the_kernel_keeps) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    const std::string much = long_text(32 << 20);
    auto sending = on.spawn([](shard& where, const shard_socket& to, const std::string& bytes) -> task<std::size_t> {
      co_return co_await where.send(to, asio::buffer(bytes));
    }(on, both.theirs, much));
    EXPECT_TRUE(co_await receive(on, both.ours, much.size()) == much);
    EXPECT_EQ(co_await std::move(sending).join(), much.size());
  });
}

TEST_F(shard_sockets, keep_what_nobody_receives_until_somebody_does) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    const std::string much = long_text(1 << 20);
    co_await on.send(both.theirs, asio::buffer("x", 1));
    EXPECT_EQ(co_await receive(on, both.ours, 1), "x") << "from here on the kernel receives unasked";
    auto sending = on.spawn([](shard& where, const shard_socket& to, const std::string& bytes) -> task<std::size_t> {
      co_return co_await where.send(to, asio::buffer(bytes));
    }(on, both.theirs, much));
    co_await on.sleep_for(50ms);
    auto other = co_await connect_both(on);
    co_await on.send(other.theirs, asio::buffer("not starved", 11));
    EXPECT_EQ(co_await receive(on, other.ours, 11), "not starved") << "one socket does not take all buffers";
    EXPECT_TRUE(co_await receive(on, both.ours, much.size()) == much);
    co_await std::move(sending).join();
  });
}

TEST_F(shard_sockets, may_be_unix_sockets) {
  run([this](shard& on) -> task<> {
    using local = asio::local::stream_protocol;
    const local::endpoint at(folder.path() / "socket");
    const shard_listener listener = on.listen(at);
    EXPECT_EQ(listener.local_endpoint<local::endpoint>(), at);
    const shard_socket theirs = co_await on.connect(at);
    const shard_socket ours = co_await on.accept(listener);
    co_await on.send(theirs, asio::buffer("local", 5));
    EXPECT_EQ(co_await receive(on, ours, 5), "local");
  });
}

TEST_F(shard_sockets, may_come_from_elsewhere) {
  run([](shard& on) -> task<> {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    const shard_socket ours = on.adopt_socket(ends[0]);
    const shard_socket theirs = on.adopt_socket(ends[1]);
    EXPECT_EQ(::fcntl(ours.native_handle(), F_GETFL) & O_NONBLOCK, 0) << "the kernel waits only for blocking ones";
    auto waiting = on.spawn(receive(on, ours, 5));
    co_await on.yield();
    co_await on.send(theirs, asio::buffer("other", 5));
    EXPECT_EQ(co_await std::move(waiting).join(), "other");
    EXPECT_THROW(static_cast<void>(on.adopt_socket(-1)), boost::system::system_error);
  });
}

TEST_F(shard_sockets, are_accepted_in_the_order_in_which_tasks_ask) {
  run([](shard& on) -> task<> {
    const shard_listener listener = on.listen(any_port());
    std::vector<int> order;
    std::vector<join_handle<void>> waiting;
    const auto accept_one = [](shard& where, const shard_listener& from, std::vector<int>& seen, int name) -> task<> {
      const shard_socket made = co_await where.accept(from);
      EXPECT_TRUE(made.is_open());
      seen.push_back(name);
    };
    for (int each = 0; each < 5; ++each)
      waiting.push_back(on.spawn(accept_one(on, listener, order, each)));
    co_await on.yield();
    std::vector<shard_socket> theirs;
    for (int each = 0; each < 5; ++each)
      theirs.push_back(co_await on.connect(listener.local_endpoint<tcp::endpoint>()));
    for (auto& each : waiting)
      co_await std::move(each).join();
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
  });
}

TEST_F(shard_sockets, wait_to_be_accepted_where_many_come_at_once) {
  run([](shard& on) -> task<> {
    const shard_listener listener = on.listen(any_port());
    const auto at = listener.local_endpoint<tcp::endpoint>();
    std::vector<shard_socket> theirs, ours;
    theirs.push_back(co_await on.connect(at));
    ours.push_back(co_await on.accept(listener)); // from here on the kernel accepts unasked
    for (int each = 0; each < 300; ++each)
      theirs.push_back(co_await on.connect(at));
    for (int each = 0; each < 300; ++each)
      ours.push_back(co_await on.accept(listener, {.timeout = patience}));
    for (std::size_t each = 0; each < ours.size(); ++each)
      EXPECT_EQ(ours[each].remote_endpoint<tcp::endpoint>(), theirs[each].local_endpoint<tcp::endpoint>());
  });
}

TEST_F(shard_sockets, tell_when_a_descriptor_is_ready) {
  run([](shard& on) -> task<> {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_EQ(co_await on.poll(ends[1], POLLOUT), POLLOUT);
    auto waiting = on.spawn(
        [](shard& where, int from) -> task<short> { co_return co_await where.poll(from, POLLIN); }(on, ends[0]));
    co_await on.yield();
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
    EXPECT_EQ(co_await std::move(waiting).join(), POLLIN);
    ::close(ends[1]);
    EXPECT_EQ(co_await on.poll(ends[0], POLLIN), POLLIN | POLLHUP);
    ::close(ends[0]);
    EXPECT_EQ(co_await error_of(on.poll(-1, POLLIN)), system_error_of(EBADF));
  });
}

TEST_F(shard_sockets, that_are_moved_from_are_not_open) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    shard_socket moved = std::move(both.ours);
    EXPECT_FALSE(both.ours.is_open());
    EXPECT_EQ(both.ours.native_handle(), -1);
    EXPECT_TRUE(moved.is_open());
    std::array<char, 3> room{};
    EXPECT_EQ(co_await error_of(on.recv(both.ours)), system_error_of(EBADF));
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room))), system_error_of(EBADF));
    EXPECT_EQ(co_await error_of(on.send(both.ours, asio::buffer(room))), system_error_of(EBADF));
    const shard_listener none;
    EXPECT_EQ(co_await error_of(on.accept(none)), system_error_of(EBADF));
    both.theirs = std::move(moved);
    EXPECT_TRUE(both.theirs.is_open());
    EXPECT_EQ(co_await receive(on, both.theirs), "") << "the one that it was is closed";
  });
}

class small_ring : public on_shard {
 protected:
  small_ring() : on_shard({.ring_entries = 4}) {}
};

// More connections at once than the completion queue has room for.
TEST_F(small_ring, loses_no_connection) {
  constexpr int many = 200;
  run([](shard& on) -> task<> {
    const shard_listener listener = on.listen(any_port());
    const auto at = listener.local_endpoint<tcp::endpoint>();
    std::vector<shard_socket> theirs, ours;
    for (int each = 0; each < many; ++each) {
      const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      theirs.push_back(on.adopt_socket(made));
      EXPECT_EQ(::connect(made, at.data(), static_cast<socklen_t>(at.size())), 0);
    }
    for (int each = 0; each < many; ++each)
      ours.push_back(co_await on.accept(listener, {.timeout = patience}));
    for (std::size_t each = 0; each < many; ++each) {
      co_await on.send(theirs[each], asio::buffer("x", 1));
      EXPECT_EQ(co_await receive(on, ours[each], 1), "x");
      theirs[each].close();
      ours[each].close();
    }
  });
}

class sends_without_copies : public on_shard {
 protected:
  sends_without_copies() : on_shard({.zero_copy_from = 1}) {}
};

TEST_F(sends_without_copies, carry_the_same) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    const std::string much = long_text(8 << 20), more = "and more";
    auto receiving = on.spawn(receive(on, both.ours));
    EXPECT_EQ(co_await on.send(both.theirs, asio::buffer(much)), much.size());
    const std::array parts{asio::buffer(much), asio::buffer(more)};
    EXPECT_EQ(co_await on.send(both.theirs, parts), much.size() + more.size());
    both.theirs.close();
    EXPECT_TRUE(co_await std::move(receiving).join() == much + much + more);
  });
}

TEST_F(sends_without_copies, fail_the_same) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    both.theirs.shutdown(socket_half::send);
    EXPECT_EQ(co_await error_of(on.send(both.theirs, asio::buffer("x", 1))), system_error_of(EPIPE));
  });
}

} // namespace
} // namespace shardbridge::tests
