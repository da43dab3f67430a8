// Goal: IORING_REGISTER_PROBE tells the truth about IORING_OP_FTRUNCATE (Linux 6.9), which newer kernels have and the
// headers of liburing 2.3 do not name.
// Method: ask the probe, then try it; both must agree.
//
// Seen on 6.18: supported, and done. Where it is not, trying answers -EINVAL.
#include "ring_test.hpp"

#include <sys/stat.h>

namespace kernel_tests {
namespace {

constexpr std::uint8_t op_ftruncate = 55; // the kernel's ABI, include/uapi/linux/io_uring.h

class ftruncate_probe : public ring_test {};

TEST_P(ftruncate_probe, agrees_with_trying) {
  const shardbridge::fixtures::temporary_folder folder;
  const descriptor file(::open(folder.make_file("file", 1000).c_str(), O_RDWR | O_CLOEXEC));
  ring r({.kind = GetParam()});
  io_uring_probe* probe = io_uring_get_probe_ring(r.native());
  ASSERT_NE(probe, nullptr);
  const bool supported = io_uring_opcode_supported(probe, op_ftruncate) != 0;
  io_uring_free_probe(probe);

  r.stage(op, [&](io_uring_sqe* sqe) {
    io_uring_prep_nop(sqe);
    sqe->opcode = op_ftruncate;
    sqe->fd = file;
    sqe->off = 10;
  });
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(op, supported ? 0 : -EINVAL)}));
  struct stat what {};
  ASSERT_EQ(::fstat(file, &what), 0);
  EXPECT_EQ(what.st_size, supported ? 10 : 1000);
}

TEST_P(ftruncate_probe, knows_what_every_supported_kernel_has) {
  ring r({.kind = GetParam()});
  io_uring_probe* probe = io_uring_get_probe_ring(r.native());
  ASSERT_NE(probe, nullptr);
  for (const int known : {IORING_OP_READ, IORING_OP_FSYNC, IORING_OP_LINK_TIMEOUT, IORING_OP_STATX, IORING_OP_RENAMEAT})
    EXPECT_NE(io_uring_opcode_supported(probe, known), 0) << "opcode " << known;
  EXPECT_EQ(io_uring_opcode_supported(probe, 255), 0);
  io_uring_free_probe(probe);
}

ON_BOTH_RINGS(ftruncate_probe);

} // namespace
} // namespace kernel_tests
