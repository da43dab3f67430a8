// Goal: one recvmsg brings every datagram with its sender, in a buffer that begins with an io_uring_recvmsg_out; what
// does not fit is cut off, and MSG_TRUNC says so. An empty datagram ends it, as the end of a stream would.
// Method: UDP over the loopback, buffers of 512 bytes.
//
// Seen on 6.18: as above, on both kinds of ring.
#include "provided_buffers.hpp"

#include <netinet/in.h>

namespace kernel_tests {
namespace {

class multishot_datagrams : public ring_test {
 protected:
  void SetUp() override {
    ring_test::SetUp();
    for (const int each : {static_cast<int>(ours), static_cast<int>(theirs)}) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      ASSERT_EQ(::bind(each, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    socklen_t length = sizeof sockaddr_in{};
    sockaddr_in to{};
    ASSERT_EQ(::getsockname(ours, reinterpret_cast<sockaddr*>(&to), &length), 0);
    ASSERT_EQ(::connect(theirs, reinterpret_cast<const sockaddr*>(&to), length), 0);
    ASSERT_EQ(::getsockname(theirs, reinterpret_cast<sockaddr*>(&sender), &length), 0);
    header.msg_namelen = sizeof(sockaddr_in6);
  }
  void arm(ring& r) {
    io_uring_sqe* const sqe =
        r.stage(op, [this](io_uring_sqe* each) { io_uring_prep_recvmsg_multishot(each, ours, &header, 0); });
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = provided_buffers::group;
    ASSERT_EQ(r.submit(), 1);
  }
  void they_send(const std::string& text) const {
    ASSERT_EQ(::send(theirs, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  completion expect_datagram(ring& r, const provided_buffers& buffers, const std::string& text) {
    const completions got = r.reap(1);
    EXPECT_EQ(got.size(), 1U);
    if (got.empty()) return {};
    io_uring_recvmsg_out* const out =
        io_uring_recvmsg_validate(buffers.at(provided_buffers::id_of(got[0])), got[0].res, &header);
    EXPECT_NE(out, nullptr);
    if (out == nullptr) return {};
    EXPECT_EQ(out->flags, 0U);
    EXPECT_EQ(out->namelen, sizeof(sockaddr_in));
    EXPECT_EQ(static_cast<sockaddr_in*>(io_uring_recvmsg_name(out))->sin_port, sender.sin_port);
    EXPECT_EQ(std::string(static_cast<char*>(io_uring_recvmsg_payload(out, &header)), out->payloadlen), text);
    return got[0];
  }

  const descriptor ours{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const descriptor theirs{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in sender{};
  msghdr header{};
};

TEST_P(multishot_datagrams, bring_their_senders) {
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 4);
  arm(r);
  for (const std::string text : {"one", "two"}) {
    they_send(text);
    EXPECT_TRUE(expect_datagram(r, buffers, text).has_more());
  }
}

TEST_P(multishot_datagrams, end_with_an_empty_one) {
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 4);
  arm(r);
  they_send("");
  they_send("behind it");
  EXPECT_FALSE(expect_datagram(r, buffers, "").has_more());
  EXPECT_EQ(r.ready_after_entering(), 0U);
  arm(r);
  EXPECT_TRUE(expect_datagram(r, buffers, "behind it").has_more());
}

TEST_P(multishot_datagrams, are_cut_off_where_the_buffer_ends) {
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 4);
  arm(r);
  they_send(std::string(600, 'x'));
  const completions got = r.reap(1);
  ASSERT_EQ(got.size(), 1U);
  io_uring_recvmsg_out* const out =
      io_uring_recvmsg_validate(buffers.at(provided_buffers::id_of(got[0])), got[0].res, &header);
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(out->flags, static_cast<unsigned>(MSG_TRUNC));
  const std::size_t room = provided_buffers::size - sizeof(io_uring_recvmsg_out) - sizeof(sockaddr_in6);
  EXPECT_EQ(out->payloadlen, room);
  EXPECT_EQ(io_uring_recvmsg_payload_length(out, got[0].res, &header), room);
}

ON_BOTH_RINGS(multishot_datagrams);

} // namespace
} // namespace kernel_tests
