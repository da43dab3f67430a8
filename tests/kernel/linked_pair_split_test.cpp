// Goal: an operation and its linked timeout must land in one submit; the link does not reach into the next one.
// Method: a pipe read marked as linked, submitted alone, then its timeout.
//
// Seen on 6.18: the timeout is refused with -EINVAL and the read goes on without any. The same comes of a pair of which
// only the first half found room in the SQ.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class linked_pair_split : public ring_test {};

TEST_P(linked_pair_split, leaves_the_operation_without_a_timeout) {
  const pipe_pair pipe;
  ring r({.kind = GetParam()});
  std::string to(16, '\0');
  io_uring_sqe* read = r.stage(op, read_into(pipe.reader, to.data(), to.size()));
  read->flags |= IOSQE_IO_LINK;
  ASSERT_EQ(r.submit(), 1);
  __kernel_timespec soon{.tv_sec = 0, .tv_nsec = 10'000'000};
  r.stage(timeout, [&](io_uring_sqe* sqe) { io_uring_prep_link_timeout(sqe, &soon, 0); });
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(timeout, -EINVAL)}));
  EXPECT_EQ(r.reap(1, 100ms), completions{});
  pipe.write("data");
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4)}));
}

ON_BOTH_RINGS(linked_pair_split);

} // namespace
} // namespace kernel_tests
