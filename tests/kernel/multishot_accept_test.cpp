// Goal: one accept brings every connection, until it is cancelled; closing the listening descriptor does not end it.
// Method: connections to a UNIX socket with an abstract name.
//
// Seen on 6.18: as above, on both kinds of ring. A connection that the backlog of listen(2) has no room for waits.
#include "provided_buffers.hpp"

#include <cstring>

#include <sys/un.h>

namespace kernel_tests {
namespace {

class multishot_accept : public ring_test {
 protected:
  void SetUp() override {
    ring_test::SetUp();
    address_.sun_family = AF_UNIX;
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address_), sizeof(sa_family_t)), 0);
    length_ = sizeof address_;
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address_), &length_), 0);
    ASSERT_EQ(::listen(listener, 8), 0);
  }
  void arm(ring& r) const {
    r.stage(op, [this](io_uring_sqe* sqe) {
      io_uring_prep_multishot_accept(sqe, listener, nullptr, nullptr, SOCK_CLOEXEC);
    });
    ASSERT_EQ(r.submit(), 1);
  }
  [[nodiscard]] int connect() const {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(made, reinterpret_cast<const sockaddr*>(&address_), length_), 0);
    return made;
  }
  static void expect_connection(ring& r) {
    const completions got = r.reap(1);
    ASSERT_EQ(got.size(), 1U);
    ASSERT_GE(got[0].res, 0);
    EXPECT_TRUE(got[0].has_more());
    ::close(got[0].res);
  }

  descriptor listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};

 private:
  sockaddr_un address_{};
  socklen_t length_ = 0;
};

TEST_P(multishot_accept, brings_every_connection) {
  ring r({.kind = GetParam()});
  const descriptor before(connect());
  arm(r);
  expect_connection(r);
  const descriptor one(connect());
  const descriptor two(connect());
  expect_connection(r);
  expect_connection(r);
  EXPECT_EQ(r.ready_after_entering(), 0U);
}

TEST_P(multishot_accept, outlives_the_descriptor_and_ends_when_cancelled) {
  ring r({.kind = GetParam()});
  arm(r);
  listener.close();
  const descriptor one(connect());
  expect_connection(r);
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  completions got = r.reap(2);
  std::sort(got.begin(), got.end(), [](const auto& a, const auto& b) { return a.user_data < b.user_data; });
  EXPECT_EQ(got, (completions{cqe(op, -ECANCELED), cqe(cancel, 0)}));
}

ON_BOTH_RINGS(multishot_accept);

} // namespace
} // namespace kernel_tests
