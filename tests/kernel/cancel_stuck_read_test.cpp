// Goal: a user's cancel of a read the kernel cannot take back answers -ENOENT, although the read is in flight; the read
// completes in full later, and its timeout, not due yet, ends -ECANCELED.
// Method: a direct read held by a throttled block device, and a read held by a FUSE file system.
//
// Seen on 6.18: cancel first, then the read, then its timeout, on both kinds of ring.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class cancel_stuck_read : public ring_test {};

TEST_P(cancel_stuck_read, at_a_block_device) {
  NEED_THROTTLE();
  constexpr std::size_t bytes = 256 << 10;
  throttled_device device;
  device.stall_reads(bytes, 400ms);
  aligned_buffer buffer(bytes);
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, read_into(device.descriptor(), buffer.bytes(), bytes)), 1h);
  r.stage_cancel(op); // in the same submit, so that nothing can come between
  ASSERT_EQ(r.submit(), 3);
  EXPECT_EQ(r.reap(3), (completions{cqe(cancel, -ENOENT), cqe(op, bytes), cqe(timeout, -ECANCELED)}));
  EXPECT_EQ(buffer.text(bytes), make_pattern(bytes));
}

TEST_P(cancel_stuck_read, at_a_fuse_file_system) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 4096).c_str(), O_RDONLY | O_CLOEXEC));
  fuse.set(fuse_op::read, {.hang = true});
  aligned_buffer buffer(4096);
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, read_into(file, buffer.bytes(), 4096)), 1h);
  ASSERT_EQ(r.submit(), 2);
  ASSERT_TRUE(fuse.wait_started(fuse_op::read, 1));
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -ENOENT)}));
  fuse.release();
  EXPECT_EQ(r.reap(2), (completions{cqe(op, 4096), cqe(timeout, -ECANCELED)}));
}

ON_BOTH_RINGS(cancel_stuck_read);

} // namespace
} // namespace kernel_tests
