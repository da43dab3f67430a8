// Goal: a linked timeout that fires on an operation the kernel can take back posts -ETIME first, then the operation's
// -ECANCELED.
// Method: a read of a pipe nobody writes to.
//
// Seen on 6.18: as above, on both kinds of ring; data written afterwards stays in the pipe.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class timeout_on_pipe_read : public ring_test {};

TEST_P(timeout_on_pipe_read, timeout_is_posted_first) {
  const pipe_pair pipe;
  ring r({.kind = GetParam()});
  std::string to(16, '\0');
  r.stage_timeout(r.stage(op, read_into(pipe.reader, to.data(), to.size())), 20ms);
  ASSERT_EQ(r.submit(), 2);
  EXPECT_EQ(r.reap(2), (completions{cqe(timeout, -ETIME), cqe(op, -ECANCELED)}));

  pipe.write("later");
  EXPECT_EQ(r.ready_after_entering(), 0u);
  EXPECT_EQ(::read(pipe.reader, to.data(), to.size()), 5) << "a cancelled read must not have taken the data";
}

ON_BOTH_RINGS(timeout_on_pipe_read);

} // namespace
} // namespace kernel_tests
