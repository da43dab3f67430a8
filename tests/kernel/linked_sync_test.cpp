// Goal: a sync linked behind a write (IOSQE_IO_LINK) begins when all is written; after a failed or short write, and
// after a cancel of the write, it answers -ECANCELED without having run; a cancel that names it finds it once it runs.
// Method: files that take all, some (RLIMIT_FSIZE) or nothing, a FUSE file system whose sync fails or is held.
//
// Seen on 6.18: as above on both kinds of ring; the write's CQE comes first. A deferred ring begins the sync of a write
// that a worker has done when its thread enters the kernel again.
#include "ring_test.hpp"
#include "size_limit.hpp"

#include <cstdint>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;

constexpr std::uint64_t sync = 4;

class linked_sync : public ring_test {
 protected:
  void stage(ring& r, int file) {
    io_uring_sqe* const write = r.stage(op, [&](io_uring_sqe* sqe) {
      io_uring_prep_write(sqe, file, text.data(), static_cast<unsigned>(text.size()), 0);
    });
    write->flags |= IOSQE_IO_LINK;
    r.stage(sync, [&](io_uring_sqe* sqe) { io_uring_prep_fsync(sqe, file, IORING_FSYNC_DATASYNC); });
  }
  completions write_and_sync(int file) {
    ring r({.kind = GetParam()});
    stage(r, file);
    EXPECT_EQ(r.submit(), 2);
    return r.reap(2);
  }

  const std::string text = make_pattern(8192);
  temporary_folder folder;
};

TEST_P(linked_sync, follows_what_is_written) {
  const descriptor file(::open(folder.make_file("file", 0).c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(write_and_sync(file), (completions{cqe(op, 8192), cqe(sync, 0)}));
}

TEST_P(linked_sync, is_cancelled_after_a_write_that_fails) {
  const descriptor file(::open(folder.make_file("file", 0).c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(write_and_sync(file), (completions{cqe(op, -EBADF), cqe(sync, -ECANCELED)}));
}

TEST_P(linked_sync, is_cancelled_after_a_short_write) {
  const descriptor file(::open(folder.make_file("file", 0).c_str(), O_RDWR | O_CLOEXEC));
  const size_limit limit(5000);
  EXPECT_EQ(write_and_sync(file), (completions{cqe(op, 5000), cqe(sync, -ECANCELED)}));
}

TEST_P(linked_sync, tells_its_own_error) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 0).c_str(), O_RDWR | O_CLOEXEC));
  fuse.set(fuse_op::fsync, {.error = EIO});
  EXPECT_EQ(write_and_sync(file), (completions{cqe(op, 8192), cqe(sync, -EIO)}));
}

TEST_P(linked_sync, is_not_found_by_a_cancel_that_names_the_write_when_that_is_over) {
  NEED_FUSE();
  fuse_fixture fuse;
  const descriptor file(::open(fuse.make_file("file", 0).c_str(), O_RDWR | O_CLOEXEC));
  fuse.set(fuse_op::fsync, {.hang = true});
  ring r({.kind = GetParam()});
  stage(r, file);
  ASSERT_EQ(r.submit(), 2);
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 8192)}));
  EXPECT_EQ(r.ready_after_entering(), 0u);
  ASSERT_TRUE(fuse.wait_started(fuse_op::fsync, 1));
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -ENOENT)}));
  r.stage_cancel(sync);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(cancel, -EALREADY)})) << "a worker has it";
  fuse.release();
  EXPECT_EQ(r.reap(1), (completions{cqe(sync, 0)}));
}

ON_BOTH_RINGS(linked_sync);

} // namespace
} // namespace kernel_tests
