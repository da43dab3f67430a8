// Goal: a send with MSG_WAITALL completes once, with all its bytes, however slowly they are taken; when it is cancelled
// or its connection breaks, it says how many went out, if any did, and nothing of why it ended. A zero-copy send
// completes twice: with its result, which IORING_CQE_F_MORE marks, and when the kernel has let go of the memory.
// Method: TCP over the loopback with small buffers; a peer that reads when the test says so.
//
// Seen on 6.18: as above, on both kinds of ring. A zero-copy send that fails completes twice, too.
#include "provided_buffers.hpp"

#include <netinet/in.h>

namespace kernel_tests {
namespace {

constexpr std::size_t much = 16 << 20; // more than any socket keeps

/// Connected over TCP.
class tcp_pair {
 public:
  tcp_pair() {
    const descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), length), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
    EXPECT_EQ(::listen(listener, 1), 0);
    EXPECT_EQ(::connect(ours, reinterpret_cast<const sockaddr*>(&address), length), 0);
    theirs = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(theirs, 0);
  }
  ~tcp_pair() { close_theirs(); }
  tcp_pair(const tcp_pair&) = delete;
  tcp_pair& operator=(const tcp_pair&) = delete;

  void close_theirs() {
    if (theirs >= 0) ::close(std::exchange(theirs, -1));
  }
  std::size_t they_read(std::size_t most) const {
    std::vector<char> into(most);
    std::size_t got = 0;
    while (got != most) {
      const ssize_t now = ::recv(theirs, into.data(), most - got, 0);
      if (now <= 0) break;
      got += static_cast<std::size_t>(now);
    }
    return got;
  }

  const descriptor ours{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int theirs = -1;
};

class send_to_slow_peer : public ring_test {
 protected:
  void send_much(ring& r) const {
    r.stage(op, [this](io_uring_sqe* sqe) {
      io_uring_prep_send(sqe, pair.ours, bytes.data(), bytes.size(), MSG_WAITALL | MSG_NOSIGNAL);
    });
    ASSERT_EQ(r.submit(), 1);
    ASSERT_EQ(r.ready_after_entering(), 0U) << "it waits for the peer";
  }

  tcp_pair pair;
  const std::vector<char> bytes = std::vector<char>(much, 'x');
};

TEST_P(send_to_slow_peer, completes_once_with_all) {
  ring r({.kind = GetParam()});
  send_much(r);
  // A deferred ring goes on with it only when it is entered.
  completions got;
  std::size_t read = 0;
  while (got.empty() && read < much) {
    read += pair.they_read(std::min<std::size_t>(much - read, 1 << 20));
    got = r.reap(1, 1ms);
  }
  if (got.empty()) got = r.reap(1);
  EXPECT_EQ(got, completions{cqe(op, static_cast<int>(much))});
}

TEST_P(send_to_slow_peer, tells_what_went_out_when_it_is_cancelled) {
  ring r({.kind = GetParam()});
  send_much(r);
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  completions got = r.reap(2);
  ASSERT_EQ(got.size(), 2U);
  std::sort(got.begin(), got.end(), [](const auto& a, const auto& b) { return a.user_data < b.user_data; });
  EXPECT_GT(got[0].res, 0);
  EXPECT_LT(got[0].res, static_cast<int>(much));
  EXPECT_EQ(got[1], cqe(cancel, 0));
}

TEST_P(send_to_slow_peer, tells_what_went_out_when_the_connection_breaks) {
  ring r({.kind = GetParam()});
  send_much(r);
  pair.close_theirs(); // with bytes unread: a reset
  const completions got = r.reap(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_GT(got[0].res, 0);
  EXPECT_LT(got[0].res, static_cast<int>(much));
}

ON_BOTH_RINGS(send_to_slow_peer);

class zero_copy_send : public ring_test {
 protected:
  void send(ring& r, std::size_t count) const {
    r.stage(op, [&](io_uring_sqe* sqe) {
      io_uring_prep_send_zc(sqe, pair.ours, bytes.data(), count, MSG_WAITALL | MSG_NOSIGNAL, 0);
    });
    ASSERT_EQ(r.submit(), 1);
  }

  tcp_pair pair;
  const std::vector<char> bytes = std::vector<char>(1 << 16, 'x');
};

TEST_P(zero_copy_send, completes_with_its_result_and_then_when_the_memory_is_free) {
  ring r({.kind = GetParam()});
  send(r, bytes.size());
  EXPECT_EQ(pair.they_read(bytes.size()), bytes.size());
  const completions got = r.reap(2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0], cqe(op, static_cast<int>(bytes.size())));
  EXPECT_TRUE(got[0].has_more());
  EXPECT_EQ(got[0].flags & IORING_CQE_F_NOTIF, 0U);
  EXPECT_FALSE(got[1].has_more());
  EXPECT_NE(got[1].flags & IORING_CQE_F_NOTIF, 0U);
}

TEST_P(zero_copy_send, that_fails_completes_twice_too) {
  ring r({.kind = GetParam()});
  ASSERT_EQ(::shutdown(pair.ours, SHUT_WR), 0);
  send(r, bytes.size());
  const completions got = r.reap(2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0], cqe(op, -EPIPE));
  EXPECT_TRUE(got[0].has_more());
  EXPECT_NE(got[1].flags & IORING_CQE_F_NOTIF, 0U);
}

ON_BOTH_RINGS(zero_copy_send);

} // namespace
} // namespace kernel_tests
