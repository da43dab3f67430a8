// Goal: a linked timeout that fires on a read the kernel cannot take back posts -ENOENT at the deadline; the read
// completes in full, later.
// Method: a direct read held by a throttled block device, and a read held by a FUSE file system until the timeout's
// completion has been seen.
//
// Seen on 6.18: as above, on both kinds of ring.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class timeout_on_stuck_read : public ring_test {};

TEST_P(timeout_on_stuck_read, at_a_block_device) {
  NEED_THROTTLE();
  constexpr std::size_t bytes = 256 << 10;
  throttled_device device;
  device.stall_reads(bytes, 600ms);
  aligned_buffer buffer(bytes);
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, read_into(device.descriptor(), buffer.bytes(), bytes)), 50ms);
  ASSERT_EQ(r.submit(), 2);
  EXPECT_EQ(r.reap(2), (completions{cqe(timeout, -ENOENT), cqe(op, bytes)}));
  EXPECT_EQ(buffer.text(bytes), make_pattern(bytes)) << "the full result is a good one";
}

TEST_P(timeout_on_stuck_read, at_a_fuse_file_system) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 4096).c_str(), O_RDONLY | O_CLOEXEC));
  fuse.set(fuse_op::read, {.hang = true});
  aligned_buffer buffer(4096);
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, read_into(file, buffer.bytes(), 4096)), 50ms);
  ASSERT_EQ(r.submit(), 2);
  EXPECT_EQ(r.reap(1), (completions{cqe(timeout, -ENOENT)}));
  EXPECT_TRUE(fuse.wait_started(fuse_op::read, 1));
  EXPECT_EQ(fuse.finished(fuse_op::read), 0u) << "the timeout must not have waited for the file system";
  fuse.release();
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4096)}));
  EXPECT_EQ(buffer.text(4096), make_pattern(4096));
}

ON_BOTH_RINGS(timeout_on_stuck_read);

} // namespace
} // namespace kernel_tests
