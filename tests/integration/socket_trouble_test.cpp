// Goal: what goes wrong on a connection is told to who uses it, once and with its reason, and nothing is lost that had
// come before. Method: peers that refuse, reset, do not read or say nothing; a process without descriptors; a shard
// without buffers.
#include "support/connected.hpp"

#include <array>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace shardbridge::tests {
namespace {

const error_code closed_half = system_error_of(EPIPE);

class broken_sockets : public on_shard {};

TEST_F(broken_sockets, a_connection_may_be_refused) {
  run([](shard& on) -> task<> {
    shard_listener was = on.listen(any_port());
    const auto nobody = was.local_endpoint<tcp::endpoint>();
    was.close();
    EXPECT_EQ(co_await error_of(on.connect(nobody)), system_error_of(ECONNREFUSED));
    EXPECT_THROW(static_cast<void>(on.listen(tcp::endpoint(asio::ip::make_address("192.0.2.1"), 1))),
                 boost::system::system_error)
        << "it is not an address of this machine";
  });
}

// TCP drops what a listener's backlog has no room for.
TEST_F(broken_sockets, a_connection_may_never_come_about) {
  run([](shard& on) -> task<> {
    const shard_listener full = on.listen(any_port(), {.backlog = 0});
    const auto at = full.local_endpoint<tcp::endpoint>();
    std::vector<shard_socket> made;
    error_code failed;
    while (!failed && made.size() < 10) {
      try {
        made.push_back(co_await on.connect(at, {.timeout = 300ms}));
      } catch (const boost::system::system_error& told) {
        failed = told.code();
      }
    }
    EXPECT_EQ(failed, errc::expired_in_flight);
    EXPECT_EQ(co_await error_of(on.connect(at, {.timeout = 0ms})), errc::expired_queued);
  });
}

TEST_F(broken_sockets, a_send_that_expires_closes_its_half) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    const std::string much(64 << 20, 'x');
    EXPECT_EQ(co_await error_of(on.send(both.theirs, asio::buffer(much), {.timeout = 200ms})), errc::expired_in_flight);
    EXPECT_EQ(co_await error_of(on.send(both.theirs, asio::buffer("x", 1))), closed_half);
    const std::size_t came = (co_await receive(on, both.ours)).size();
    EXPECT_GT(came, 0U);
    EXPECT_LT(came, much.size());
    EXPECT_EQ(co_await on.send(both.ours, asio::buffer("x", 1)), 1U) << "the other half works";
    EXPECT_EQ(co_await receive(on, both.theirs, 1), "x");
  });
}

TEST_F(broken_sockets, a_send_that_had_not_begun_closes_nothing) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    EXPECT_EQ(co_await error_of(on.send(both.theirs, asio::buffer("x", 1), {.timeout = 0ms})), errc::expired_queued);
    EXPECT_EQ(co_await on.send(both.theirs, asio::buffer("y", 1)), 1U);
    EXPECT_EQ(co_await on.send(both.theirs, asio::buffer("", 0)), 0U);
    EXPECT_EQ(co_await receive(on, both.ours, 1), "y");
  });
}

TEST_F(broken_sockets, a_receive_into_the_callers_memory_that_expires_closes_its_half) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    std::array<char, 10> room{};
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room), {.timeout = 0ms})), errc::expired_queued);
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room), {.timeout = 300ms})), errc::expired_in_flight);
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room))), closed_half);
    EXPECT_EQ(co_await error_of(on.recv(both.ours)), closed_half);
    EXPECT_EQ(co_await on.send(both.ours, asio::buffer("x", 1)), 1U);
    EXPECT_EQ(co_await receive(on, both.theirs, 1), "x");
  });
}

TEST_F(broken_sockets, a_wait_for_what_may_come_leaves_it_to_the_next) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    EXPECT_EQ(co_await error_of(on.recv(both.ours, {.timeout = 0ms})), errc::expired_queued);
    EXPECT_EQ(co_await error_of(on.recv(both.ours, {.timeout = 300ms})), errc::expired_in_flight);
    auto waiting = on.spawn(receive(on, both.ours, 1));
    co_await on.yield();
    waiting.abort();
    EXPECT_EQ(co_await error_of(std::move(waiting).join()), asio::error::operation_aborted);
    co_await on.send(both.theirs, asio::buffer("x", 1));
    EXPECT_EQ(co_await receive(on, both.ours, 1), "x");
    std::array<char, 10> room{};
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room), {.timeout = 300ms})), errc::expired_in_flight);
    co_await on.send(both.theirs, asio::buffer("y", 1));
    EXPECT_EQ(co_await on.recv(both.ours, asio::buffer(room)), 1U) << "the kernel had none of that memory";
    const shard_listener listener = on.listen(any_port());
    EXPECT_EQ(co_await error_of(on.accept(listener, {.timeout = 300ms})), errc::expired_in_flight);
    const shard_socket late = co_await on.connect(listener.local_endpoint<tcp::endpoint>());
    EXPECT_TRUE((co_await on.accept(listener)).is_open());
  });
}

TEST_F(broken_sockets, a_reset_is_told_behind_what_came_before_it) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    co_await on.send(both.theirs, asio::buffer("last words", 10));
    EXPECT_EQ(co_await receive(on, both.ours, 10), "last words");
    both.theirs.set_option(asio::socket_base::linger(true, 0));
    both.theirs.close();
    EXPECT_EQ(co_await error_of(on.recv(both.ours)), system_error_of(ECONNRESET));
    EXPECT_EQ(co_await error_of(on.recv(both.ours)), system_error_of(ECONNRESET)) << "and stays the reason";
    EXPECT_EQ(co_await error_of(on.send(both.ours, asio::buffer("x", 1))), closed_half);
  });
}

TEST_F(broken_sockets, a_reset_is_told_to_who_brings_memory) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    std::array<char, 10> room{};
    both.theirs.set_option(asio::socket_base::linger(true, 0));
    both.theirs.close();
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room))), system_error_of(ECONNRESET));
    EXPECT_EQ(co_await error_of(on.recv(both.ours, asio::buffer(room))), closed_half);
  });
}

TEST_F(broken_sockets, who_waits_on_one_that_is_closed_is_told) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    shard_listener listener = on.listen(any_port());
    auto receiving = on.spawn(receive(on, both.ours));
    auto accepting = on.spawn([](shard& where, const shard_listener& from) -> task<> {
      static_cast<void>(co_await where.accept(from));
    }(on, listener));
    co_await on.yield();
    both.ours.close();
    listener.close();
    EXPECT_EQ(co_await error_of(std::move(receiving).join()), asio::error::operation_aborted);
    EXPECT_EQ(co_await error_of(std::move(accepting).join()), asio::error::operation_aborted);
    EXPECT_EQ(co_await receive(on, both.theirs), "") << "the other side sees the end";
  });
}

TEST_F(broken_sockets, what_is_in_the_kernel_ends_with_the_socket) {
  run([](shard& on) -> task<> {
    connected one = co_await connect_both(on), two = co_await connect_both(on);
    auto receiving = on.spawn([](shard& where, const shard_socket& from) -> task<std::size_t> {
      std::array<char, 10> room{};
      co_return co_await where.recv(from, asio::buffer(room));
    }(on, one.ours));
    auto sending = on.spawn([](shard& where, const shard_socket& to) -> task<> {
      const std::string much(64 << 20, 'x');
      co_await where.send(to, asio::buffer(much));
    }(on, two.ours));
    co_await on.yield();
    one.ours.close();
    two.ours.close();
    EXPECT_EQ(co_await std::move(receiving).join(), 0U);
    EXPECT_EQ(co_await error_of(std::move(sending).join()), system_error_of(EPIPE));
  });
}

TEST_F(broken_sockets, the_address_of_a_listener_that_is_closed_is_free_at_once) {
  run([](shard& on) -> task<> {
    shard_listener first = on.listen(any_port());
    const auto at = first.local_endpoint<tcp::endpoint>();
    const shard_socket one = co_await on.connect(at);
    const shard_socket taken = co_await on.accept(first); // the kernel goes on accepting
    first.close();
    EXPECT_EQ(co_await error_of(on.connect(at)), system_error_of(ECONNREFUSED));
    const shard_listener second = on.listen(at);
    const shard_socket two = co_await on.connect(at);
    EXPECT_TRUE((co_await on.accept(second, {.timeout = patience})).is_open());
  });
}

TEST_F(broken_sockets, connections_that_nobody_accepts_end_with_their_listener) {
  run([](shard& on) -> task<> {
    shard_listener listener = on.listen(any_port());
    const auto at = listener.local_endpoint<tcp::endpoint>();
    const shard_socket first = co_await on.connect(at);
    const shard_socket taken = co_await on.accept(listener);
    const shard_socket second = co_await on.connect(at);
    co_await on.sleep_for(10ms); // the shard has accepted it
    listener.close();
    EXPECT_EQ(co_await receive(on, second), "");
  });
}

/// Lets the process open no more descriptors.
class no_more_descriptors {
 public:
  no_more_descriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const int next = ::dup(0);
    ::close(next);
    const rlimit now{static_cast<rlim_t>(next), before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
  }
  ~no_more_descriptors() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  no_more_descriptors(const no_more_descriptors&) = delete;
  no_more_descriptors& operator=(const no_more_descriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(broken_sockets, want_of_descriptors_is_told_and_may_end) {
  run([](shard& on) -> task<> {
    const shard_listener listener = on.listen(any_port());
    const auto at = listener.local_endpoint<tcp::endpoint>();
    const shard_socket theirs = co_await on.connect(at);
    {
      const no_more_descriptors now;
      EXPECT_EQ(co_await error_of(on.accept(listener)), system_error_of(EMFILE));
      EXPECT_THROW(static_cast<void>(on.connect(at)), boost::system::system_error);
    }
    EXPECT_TRUE((co_await on.accept(listener, {.timeout = patience})).is_open());
  });
}

class few_buffers : public on_shard {
 protected:
  few_buffers() : on_shard({.receive_buffers = 2, .receive_buffer_bytes = 256}) {}

  /// In one of the shard's buffers, since it is waited for.
  static task<received_buffer> carry(shard& on, const connected& over) {
    auto waiting = on.spawn([](shard& where, const shard_socket& from) -> task<received_buffer> {
      co_return co_await where.recv(from);
    }(on, over.ours));
    co_await on.yield();
    co_await on.send(over.theirs, asio::buffer("x", 1));
    co_return co_await std::move(waiting).join();
  }
};

TEST_F(few_buffers, make_others_wait_and_lose_nothing) {
  run([](shard& on) -> task<> {
    const connected one = co_await connect_both(on), two = co_await connect_both(on);
    co_await on.send(two.theirs, asio::buffer(std::string(10, 'b')));
    {
      const received_buffer first = co_await carry(on, one);
      const received_buffer second = co_await carry(on, one);
      EXPECT_EQ(co_await error_of(on.recv(two.ours, {.timeout = 300ms})), errc::expired_in_flight);
    }
    EXPECT_EQ(co_await receive(on, two.ours, 10), std::string(10, 'b'));
  });
}

TEST_F(few_buffers, come_back_to_who_has_waited) {
  run([](shard& on) -> task<> {
    const connected one = co_await connect_both(on), two = co_await connect_both(on);
    received_buffer first = co_await carry(on, one);
    received_buffer second = co_await carry(on, one);
    auto waiting = on.spawn(receive(on, two.ours, 10));
    co_await on.send(two.theirs, asio::buffer(std::string(10, 'b')));
    co_await on.sleep_for(10ms);
    EXPECT_FALSE(waiting.done());
    first = std::move(second); // gives the first back
    EXPECT_EQ(co_await std::move(waiting).join(), std::string(10, 'b'));
  });
}

TEST_F(few_buffers, are_awaited_no_more_by_who_is_closed) {
  run([](shard& on) -> task<> {
    connected one = co_await connect_both(on), two = co_await connect_both(on);
    received_buffer first = co_await carry(on, one);
    const received_buffer second = co_await carry(on, one);
    auto waiting = on.spawn(receive(on, two.ours, 10));
    co_await on.send(two.theirs, asio::buffer(std::string(10, 'b')));
    co_await on.sleep_for(10ms);
    two.ours.close();
    EXPECT_EQ(co_await error_of(std::move(waiting).join()), asio::error::operation_aborted);
    first.reset();
    EXPECT_EQ(first.size(), 0U);
  });
}

TEST_F(few_buffers, carry_much_all_the_same) {
  run([](shard& on) -> task<> {
    const connected one = co_await connect_both(on), two = co_await connect_both(on);
    const std::string much = long_text(200'000);
    const auto carry = [](shard& where, const connected& over, const std::string& text) -> task<> {
      auto sending = where.spawn([](shard& on_it, const shard_socket& to, const std::string& bytes) -> task<> {
        static_cast<void>(co_await on_it.send(to, asio::buffer(bytes)));
      }(where, over.theirs, text));
      EXPECT_TRUE(co_await receive(where, over.ours, text.size()) == text);
      co_await std::move(sending).join();
    };
    co_await when_all(on, carry(on, one, much), carry(on, two, much));
  });
}

class no_buffers : public on_shard {
 protected:
  no_buffers() : on_shard({.receive_buffers = 0}) {}
};

TEST_F(no_buffers, leaves_receiving_into_the_callers_memory) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    co_await on.send(both.theirs, asio::buffer("x", 1));
    std::array<char, 10> room{};
    EXPECT_EQ(co_await on.recv(both.ours, asio::buffer(room)), 1U);
    EXPECT_EQ(co_await error_of(on.recv(both.ours)), system_error_of(EOPNOTSUPP));
  });
}

} // namespace
} // namespace shardbridge::tests
