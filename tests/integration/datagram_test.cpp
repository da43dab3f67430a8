// Goal: code on a shard exchanges datagrams. Method: UDP over the loopback, in tasks of one shard.
#include "support/connected.hpp"

#include <array>

#include <sys/socket.h>

namespace shardbridge::tests {
namespace {

using asio::ip::udp;

class datagrams : public on_shard {
 protected:
  explicit datagrams(shard_group_options options = {.receive_buffers = 16, .receive_buffer_bytes = 1024})
      : on_shard(std::move(options)) {}

  static shard_datagram_socket bound(shard& on, const datagram_options& options = {}) {
    return on.bind(udp::endpoint(asio::ip::address_v4::loopback(), 0), options);
  }
  static udp::endpoint address(const shard_datagram_socket& of) { return of.local_endpoint<udp::endpoint>(); }
};

TEST_F(datagrams, come_whole_and_with_their_senders) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on), theirs = bound(on);
    const std::string one = "one", two = " and more";
    const std::array parts{asio::buffer(one), asio::buffer(two)};
    EXPECT_EQ(co_await on.send_to(theirs, address(ours), parts), 12U);
    EXPECT_EQ(co_await on.send_to(theirs, address(ours), asio::buffer("", 0)), 0U);
    EXPECT_EQ(co_await on.send_to(ours, address(ours), asio::buffer("own", 3)), 3U);
    const datagram first = co_await on.recv_from(ours);
    EXPECT_EQ(text_of(first.bytes()), "one and more");
    EXPECT_EQ(first.sender<udp::endpoint>(), address(theirs));
    EXPECT_FALSE(first.truncated());
    EXPECT_EQ((co_await on.recv_from(ours)).bytes().size(), 0U) << "an empty one is one";
    const datagram last = co_await on.recv_from(ours);
    EXPECT_EQ(text_of(last.bytes()), "own");
    EXPECT_EQ(last.sender<udp::endpoint>(), address(ours));
    EXPECT_EQ(ours.dropped(), 0U);
  });
}

TEST_F(datagrams, are_cut_off_where_a_buffer_ends) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on);
    const std::string much = long_text(2000);
    co_await on.send_to(ours, address(ours), asio::buffer(much));
    const datagram came = co_await on.recv_from(ours);
    EXPECT_TRUE(came.truncated());
    EXPECT_EQ(text_of(came.bytes()), much.substr(0, 1024 - 144));
  });
}

TEST_F(datagrams, that_nobody_receives_are_counted) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on, {.most_kept = 3});
    co_await on.send_to(ours, address(ours), asio::buffer("first", 5));
    EXPECT_EQ(text_of((co_await on.recv_from(ours)).bytes()), "first"); // from here on it receives unasked
    for (int each = 0; each < 10; ++each)
      co_await on.send_to(ours, address(ours), asio::buffer(std::to_string(each)));
    for (int waited = 0; ours.dropped() < 7 && waited < 1000; ++waited)
      co_await on.sleep_for(1ms);
    EXPECT_EQ(ours.dropped(), 7U);
    for (int each = 0; each < 3; ++each)
      EXPECT_EQ(text_of((co_await on.recv_from(ours)).bytes()), std::to_string(each));
    co_await on.send_to(ours, address(ours), asio::buffer("last", 4));
    EXPECT_EQ(text_of((co_await on.recv_from(ours)).bytes()), "last");
  });
}

TEST_F(datagrams, leave_buffers_for_others) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on, {.most_kept = 100});
    co_await on.send_to(ours, address(ours), asio::buffer("first", 5));
    static_cast<void>(co_await on.recv_from(ours));
    for (int each = 0; each < 30; ++each)
      co_await on.send_to(ours, address(ours), asio::buffer("x", 1));
    for (int waited = 0; ours.dropped() == 0 && waited < 1000; ++waited)
      co_await on.sleep_for(1ms);
    EXPECT_GT(ours.dropped(), 0U) << "of 16 buffers it takes half";
    const connected both = co_await connect_both(on);
    co_await on.send(both.theirs, asio::buffer("not starved", 11));
    EXPECT_EQ(co_await receive(on, both.ours, 11), "not starved");
  });
}

TEST_F(datagrams, that_fail_say_why) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on);
    const std::string much(70'000, 'x');
    EXPECT_EQ(co_await error_of(on.send_to(ours, address(ours), asio::buffer(much))), system_error_of(EMSGSIZE));
    EXPECT_THROW(static_cast<void>(on.bind(address(ours))), boost::system::system_error);
    shard_datagram_socket none;
    EXPECT_EQ(none.dropped(), 0U);
    EXPECT_EQ(co_await error_of(on.recv_from(none)), system_error_of(EBADF));
    EXPECT_EQ(co_await error_of(on.send_to(none, address(ours), asio::buffer("x", 1))), system_error_of(EBADF));
    EXPECT_EQ(co_await error_of(on.recv_from(ours, {.timeout = 300ms})), errc::expired_in_flight);
    auto waiting = on.spawn([](shard& where, const shard_datagram_socket& from) -> task<> {
      static_cast<void>(co_await where.recv_from(from));
    }(on, ours));
    co_await on.yield();
    waiting.abort();
    EXPECT_EQ(co_await error_of(std::move(waiting).join()), asio::error::operation_aborted);
    co_await on.send_to(ours, address(ours), asio::buffer("x", 1));
    EXPECT_EQ((co_await on.recv_from(ours)).bytes().size(), 1U);
  });
}

// ICMP tells a connected socket that nobody is there.
TEST_F(datagrams, that_did_not_arrive_may_be_told_of) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket ours = bound(on);
    shard_datagram_socket theirs = bound(on);
    const udp::endpoint nobody = address(theirs);
    EXPECT_EQ(::connect(ours.native_handle(), nobody.data(), static_cast<socklen_t>(nobody.size())), 0);
    theirs.close();
    co_await on.send_to(ours, nobody, asio::buffer("x", 1));
    EXPECT_EQ(co_await error_of(on.recv_from(ours)), system_error_of(ECONNREFUSED));
    EXPECT_EQ(co_await error_of(on.recv_from(ours, {.timeout = 300ms})), errc::expired_in_flight) << "told once";
  });
}

TEST_F(datagrams, go_to_one_of_those_that_share_an_address) {
  run([](shard& on) -> task<> {
    const shard_datagram_socket one = bound(on, {.reuse_port = true});
    const shard_datagram_socket two = on.bind(address(one), {.reuse_port = true});
    EXPECT_EQ(address(one), address(two));
    const shard_datagram_socket theirs = bound(on);
    co_await on.send_to(theirs, address(one), asio::buffer("x", 1));
    const auto take = [](shard& where, const shard_datagram_socket& from) -> task<std::size_t> {
      co_return (co_await where.recv_from(from)).bytes().size();
    };
    auto first = take(on, one), second = take(on, two);
    co_await when_any(on, std::move(first), std::move(second));
  });
}

} // namespace
} // namespace shardbridge::tests
