// Goal: what comes for sockets unasked is asked for when somebody waits, pauses when nobody takes it, and goes on when
// there is memory again. Method: tasks on one shard's loop, with the test as kernel; the sockets are real and silent.
#include "task_waits_fixture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <boost/asio/local/stream_protocol.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

class shard_loop_sockets : public task_waits {
 public:
  ~shard_loop_sockets() override {
    if (socket) call([this](shard&) { socket.reset(); });
    if (!kernel.under_way.empty()) kernel.complete(-ECANCELED);
    turn();
  }

  /// A socket of the shard, which the test owns; its other end is closed.
  void open() {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ::close(ends[1]);
    call([&](shard& on) { socket = std::make_unique<shard_socket>(on.adopt_socket(ends[0])); });
  }
  /// Notes the size of what comes, or why nothing does; keeps the buffer if it is to.
  std::size_t receive(bool keep = false) {
    return start([this, keep](shard& on) -> task<> {
      try {
        received_buffer came = co_await on.recv(*socket);
        seen.push_back(std::to_string(came.size()));
        if (keep) kept.push_back(std::move(came));
      } catch (const boost::system::system_error& failed) {
        seen.push_back(failed.code() == boost::system::error_code(EPIPE, boost::system::system_category())
                           ? "half closed"
                           : name_of(failed));
      }
    });
  }
  void let_go_of_kept() {
    call([this](shard&) { kept.clear(); });
  }
  /// The kernel has the receive, and nothing else.
  void expect_armed() {
    ASSERT_EQ(kernel.under_way.size(), 1U);
    EXPECT_EQ(kernel.under_way[0].what.code, op_code::receive_many);
  }
  /// In the first buffer that is not in use.
  void comes(std::int32_t bytes) {
    std::uint16_t buffer = 0;
    while (std::ranges::count(picked, buffer) != std::ranges::count(kernel.given_back, buffer))
      ++buffer;
    picked.push_back(buffer);
    kernel.post_more(0, bytes, buffer);
  }

  std::unique_ptr<shard_socket> socket;
  std::deque<received_buffer> kept;
  std::vector<std::uint16_t> picked;
};

TEST_F(shard_loop_sockets, are_received_from_when_somebody_waits_and_from_then_on) {
  open();
  EXPECT_TRUE(kernel.under_way.empty());
  receive();
  expect_armed();
  comes(3);
  comes(4);
  turn();
  turn();
  expect_seen({"3"});
  receive();
  expect_seen({"4"});
  EXPECT_EQ(kernel.given_back, (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(kernel.staged, 1) << "one submission for all";
}

TEST_F(shard_loop_sockets, end_where_the_kernel_says_so) {
  open();
  receive();
  comes(3);
  kernel.complete(0);
  turn();
  turn();
  receive();
  receive();
  expect_seen({"3", "0", "0"});
}

TEST_F(shard_loop_sockets, that_nobody_takes_from_copy_what_would_be_in_others_way) {
  open();
  receive();
  for (int each = 0; each < 6; ++each)
    comes(each + 1);
  turn();
  turn();
  expect_seen({"1"});
  // Of eight buffers four may be lent.
  EXPECT_EQ(kernel.lent, 3U) << "of those that wait; the first has come back";
  for (int each = 1; each < 6; ++each)
    receive();
  expect_seen({"2", "3", "4", "5", "6"});
  EXPECT_EQ(kernel.lent, 0U);
}

TEST_F(shard_loop_sockets, pause_when_too_much_waits_and_go_on_for_who_waits) {
  open();
  receive();
  for (int each = 0; each < 17; ++each) {
    comes(1);
    turn();
  }
  EXPECT_EQ(kernel.cancels_staged, 1);
  kernel.complete(-ECANCELED);
  turn();
  EXPECT_TRUE(kernel.under_way.empty());
  for (int each = 0; each < 16; ++each)
    receive();
  EXPECT_TRUE(kernel.under_way.empty()) << "nobody waits";
  receive();
  expect_armed();
  EXPECT_EQ(seen.size(), 17U);
}

// Seen with a fast sender: by the time that the shard learns of it, all buffers may have come back.
TEST_F(shard_loop_sockets, that_found_no_memory_try_again_at_once_where_there_is_some) {
  open();
  receive();
  kernel.complete(-ENOBUFS);
  turn();
  expect_armed();
}

TEST_F(shard_loop_sockets, that_found_no_memory_go_on_when_some_comes_back) {
  open();
  for (int each = 0; each < 8; ++each) {
    receive(true);
    comes(1);
    turn();
    turn();
  }
  EXPECT_EQ(kernel.lent, 8U);
  receive();
  kernel.complete(-ENOBUFS);
  turn();
  EXPECT_TRUE(kernel.under_way.empty());
  let_go_of_kept();
  expect_armed();
  comes(5);
  turn();
  turn();
  EXPECT_EQ(seen.back(), "5");
}

TEST_F(shard_loop_sockets, that_found_no_memory_and_are_closed_are_forgotten) {
  open();
  for (int each = 0; each < 8; ++each) {
    receive(true);
    comes(1);
    turn();
    turn();
  }
  receive();
  kernel.complete(-ENOBUFS);
  turn();
  call([this](shard&) { socket->close(); });
  turn();
  EXPECT_EQ(seen.back(), "aborted");
  let_go_of_kept();
  EXPECT_TRUE(kernel.under_way.empty());
}

TEST_F(shard_loop_sockets, give_back_what_comes_behind_their_end) {
  open();
  receive();
  call([this](shard&) { socket->close(); });
  turn();
  expect_seen({"aborted"});
  comes(3);
  turn();
  EXPECT_EQ(kernel.given_back, std::vector<std::uint16_t>{0});
  kernel.complete(-ECANCELED);
  turn();
  EXPECT_TRUE(kernel.under_way.empty());
}

TEST_F(shard_loop_sockets, without_memory_say_so) {
  kernel.no_buffers = EOPNOTSUPP;
  open();
  std::string told;
  start([&](shard& on) -> task<> {
    try {
      static_cast<void>(co_await on.recv(*socket));
    } catch (const boost::system::system_error& failed) {
      told = failed.code().message();
    }
  });
  EXPECT_EQ(told, "Operation not supported");
}

TEST_F(shard_loop_sockets, lose_a_wait_that_is_destroyed_and_nothing_that_it_was_given) {
  open();
  const std::size_t waiting = receive();
  comes(3);
  turn(); // the task is ready, and does not go on before the next turn
  call([&](shard&) { handles[waiting].abort(); });
  expect_seen({"3"});
  EXPECT_EQ(kernel.lent, 0U);
}

// The kernel goes on accepting until it has seen that it is to pause.
TEST_F(shard_loop_sockets, listeners_close_what_is_more_than_they_may_keep) {
  std::unique_ptr<shard_listener> listener;
  call([&](shard& on) {
    const boost::asio::local::stream_protocol::endpoint nameless(std::string(1, '\0') + std::to_string(::getpid()));
    listener = std::make_unique<shard_listener>(on.listen(nameless, {.backlog = 1}));
  });
  start([&](shard& on) -> task<> { static_cast<void>(co_await on.accept(*listener)); });
  constexpr std::uint64_t most = 32; // twice the backlog, which counts as 16
  for (std::uint64_t each = 0; each < 1 + most + 2; ++each)
    kernel.post_more(0, ::dup(0));
  turn();
  EXPECT_EQ(listener->dropped(), 2U);
  EXPECT_EQ(kernel.cancels_staged, 1) << "it is told to pause";
  call([&](shard&) { listener.reset(); });
  kernel.complete(-ECANCELED);
  turn();
}

} // namespace
} // namespace shardbridge::detail
