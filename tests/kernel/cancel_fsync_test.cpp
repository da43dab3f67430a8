// Goal: a user's cancel of an operation that runs in the kernel's worker threads (io-wq) answers -EALREADY; the
// operation ends with its full result and its timeout -ECANCELED.
// Method: an fsync held by a FUSE file system; the cancel is sent once the file system has it.
//
// Seen on 6.18: cancel first, then the fsync, then its timeout, on both kinds of ring.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class cancel_fsync : public ring_test {};

TEST_P(cancel_fsync, is_too_late_once_it_runs) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 4096).c_str(), O_RDWR | O_CLOEXEC));
  fuse.set(fuse_op::fsync, {.hang = true});
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, [&](io_uring_sqe* sqe) { io_uring_prep_fsync(sqe, file, 0); }), 1h);
  ASSERT_EQ(r.submit(), 2);
  ASSERT_TRUE(fuse.wait_started(fuse_op::fsync, 1));
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -EALREADY)}));
  EXPECT_EQ(fuse.finished(fuse_op::fsync), 0u);
  fuse.release();
  EXPECT_EQ(r.reap(2), (completions{cqe(op, 0), cqe(timeout, -ECANCELED)}));
}

ON_BOTH_RINGS(cancel_fsync);

} // namespace
} // namespace kernel_tests
