// Goal: a user's cancel of an operation the kernel can take back answers 0; operation and timeout both end -ECANCELED.
// Method: a pipe read with a far timeout, and IORING_OP_ASYNC_CANCEL naming it by user_data.
//
// Seen on 6.18: cancel's 0 is posted first, then the operation, then its timeout, on both kinds of ring.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class cancel_pipe_read : public ring_test {};

TEST_P(cancel_pipe_read, succeeds) {
  const pipe_pair pipe;
  ring r({.kind = GetParam()});
  std::string to(16, '\0');
  r.stage_timeout(r.stage(op, read_into(pipe.reader, to.data(), to.size())), 1h);
  ASSERT_EQ(r.submit(), 2);
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(3), (completions{cqe(cancel, 0), cqe(op, -ECANCELED), cqe(timeout, -ECANCELED)}));
}

TEST_P(cancel_pipe_read, finds_nothing_after_the_completion) {
  const pipe_pair pipe;
  ring r({.kind = GetParam()});
  std::string to(16, '\0');
  pipe.write("data");
  r.stage(op, read_into(pipe.reader, to.data(), to.size()));
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4)}));
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -ENOENT)}));
}

ON_BOTH_RINGS(cancel_pipe_read);

} // namespace
} // namespace kernel_tests
