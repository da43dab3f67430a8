// Goal: the linked timeout of an operation that the kernel hands to its worker threads (io-wq) does not fire: the
// operation's full result is posted first, then the timeout's -ECANCELED.
// Method: an fsync that a FUSE file system holds until long after the deadline.
//
// Seen on 6.18: as above, on both kinds of ring. This is why the shard's own timers always decide.
#include "ring_test.hpp"

#include <thread>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class timeout_on_fsync : public ring_test {};

TEST_P(timeout_on_fsync, never_fires) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 4096).c_str(), O_RDWR | O_CLOEXEC));
  fuse.set(fuse_op::fsync, {.hang = true});
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, [&](io_uring_sqe* sqe) { io_uring_prep_fsync(sqe, file, 0); }), 20ms);
  ASSERT_EQ(r.submit(), 2);
  ASSERT_TRUE(fuse.wait_started(fuse_op::fsync, 1));
  EXPECT_EQ(r.reap(1, 300ms), completions{}) << "nothing may be posted at the deadline";
  fuse.release();
  EXPECT_EQ(r.reap(2), (completions{cqe(op, 0), cqe(timeout, -ECANCELED)}));
}

ON_BOTH_RINGS(timeout_on_fsync);

} // namespace
} // namespace kernel_tests
