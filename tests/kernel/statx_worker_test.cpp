// Goal: path operations such as statx go to the kernel's worker threads (io-wq): submit does not wait for a slow file
// system, a linked timeout never fires, and a cancel comes too late.
// Method: a statx, and a rename, held by a FUSE file system; the workers are visible as threads of this process.
//
// Seen on 6.18: as above, on both kinds of ring. The same as an fsync, and for the same reason.
#include "ring_test.hpp"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

class statx_worker : public ring_test {
 protected:
  static unsigned workers() {
    unsigned count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string name;
      std::ifstream(task.path() / "comm") >> name;
      if (name.starts_with("iou-wrk-")) ++count;
    }
    return count;
  }

  // What happens to any held path operation with a short timeout.
  static void expect_held_by_worker(ring& r, fuse_fixture& fuse, fuse_op held) {
    EXPECT_EQ(r.submit(), 2);
    ASSERT_TRUE(fuse.wait_started(held, 1));
    EXPECT_GE(workers(), 1u);
    EXPECT_EQ(r.reap(1, 200ms), completions{}) << "the timeout must not fire";
    r.stage_cancel(op);
    ASSERT_EQ(r.submit(), 1);
    EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -EALREADY)}));
    fuse.release();
    EXPECT_EQ(r.reap(2), (completions{cqe(op, 0), cqe(timeout, -ECANCELED)}));
  }
};

TEST_P(statx_worker, statx_is_run_by_a_worker) {
  NEED_FUSE();
  fuse_fixture fuse;
  const std::string file = fuse.make_file("file", 1234);
  fuse.set(fuse_op::getattr, {.hang = true});
  ring r({.kind = GetParam()});
  struct statx what {};
  r.stage_timeout(r.stage(op,
                          [&](io_uring_sqe* sqe) {
                            io_uring_prep_statx(sqe, AT_FDCWD, file.c_str(), AT_STATX_FORCE_SYNC, STATX_SIZE, &what);
                          }),
                  20ms);
  expect_held_by_worker(r, fuse, fuse_op::getattr);
  EXPECT_EQ(what.stx_size, 1234u);
}

TEST_P(statx_worker, rename_is_run_by_a_worker) {
  NEED_FUSE();
  fuse_fixture fuse;
  const std::string from = fuse.make_file("from", 1);
  const std::string to = fuse.path("to");
  fuse.set(fuse_op::rename, {.hang = true});
  ring r({.kind = GetParam()});
  r.stage_timeout(
      r.stage(op,
              [&](io_uring_sqe* sqe) { io_uring_prep_renameat(sqe, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0); }),
      20ms);
  expect_held_by_worker(r, fuse, fuse_op::rename);
  EXPECT_TRUE(std::filesystem::exists(to));
}

ON_BOTH_RINGS(statx_worker);

} // namespace
} // namespace kernel_tests
