// Goal: one multishot poll of a non-blocking eventfd serves every wake, and nobody needs to read the counter; when the
// CQ overflows it ends, which only the missing IORING_CQE_F_MORE tells.
// Method: writes to an eventfd, the completions between them counted; then a CQ filled with unread completions.
//
// Seen on 6.18: as above, on both kinds of ring.
#include "ring_test.hpp"

#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>

namespace kernel_tests {
namespace {

class multishot_poll : public ring_test {
 protected:
  void arm(ring& r) const {
    r.stage(op, [this](io_uring_sqe* sqe) { io_uring_prep_poll_multishot(sqe, event, POLLIN); });
    ASSERT_EQ(r.submit(), 1);
  }

  void wake() const {
    const std::uint64_t one = 1;
    ASSERT_EQ(::write(event, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }

  const descriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

TEST_P(multishot_poll, posts_one_completion_a_write_though_the_counter_is_never_read) {
  ring r({.kind = GetParam()});
  arm(r);
  EXPECT_EQ(r.ready_after_entering(), 0u);
  for (int i = 0; i != 5; ++i) {
    wake();
    const completions got = r.reap(1);
    ASSERT_EQ(got, (completions{cqe(op, POLLIN)})) << "write " << i;
    EXPECT_TRUE(got[0].has_more()) << "write " << i;
    EXPECT_EQ(r.ready_after_entering(), 0u) << "a counter above zero is not itself an event, write " << i;
  }
  std::uint64_t count = 0;
  EXPECT_EQ(::read(event, &count, sizeof count), static_cast<ssize_t>(sizeof count));
  EXPECT_EQ(count, 5u);
}

// A counter already above zero when the poll is armed is an event: arming late loses no wake.
TEST_P(multishot_poll, completes_at_once_if_armed_after_the_write) {
  wake();
  ring r({.kind = GetParam()});
  arm(r);
  const completions got = r.reap(1);
  ASSERT_EQ(got, (completions{cqe(op, POLLIN)}));
  EXPECT_TRUE(got[0].has_more());
}

TEST_P(multishot_poll, ends_when_the_cq_overflows) {
  constexpr unsigned cq = 4;
  ring r({.kind = GetParam(), .entries = 4, .cq_entries = cq});
  arm(r);
  for (unsigned i = 0; i != cq; ++i)
    r.stage(100 + i, [](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); });
  ASSERT_EQ(r.submit(), static_cast<int>(cq));
  ASSERT_EQ(r.ready_after_entering(), cq) << "the CQ is full";
  wake();
  r.ready_after_entering(); // lets the poll see the event now, while there is no room

  completions got = r.reap(cq);
  for (unsigned i = 0; i != cq; ++i)
    EXPECT_EQ(got.at(i), cqe(100 + i, 0));
  got = r.reap(1);
  ASSERT_EQ(got, (completions{cqe(op, POLLIN)})) << "the kernel keeps what overflowed";
  EXPECT_FALSE(got[0].has_more());

  wake();
  EXPECT_EQ(r.reap(1, 100ms), completions{}) << "the poll is gone: this wake is seen only by one armed anew";
  arm(r);
  EXPECT_EQ(r.reap(1), (completions{cqe(op, POLLIN)}));
}

ON_BOTH_RINGS(multishot_poll);

} // namespace
} // namespace kernel_tests
