// Goal: a buffered read whose pages are in the page cache is copied inside the io_uring_enter that submits it, on the
// submitting thread: it costs that core, and its completion is there when submit returns.
// Method: a file just written and read, read once more through the ring; the CQ is looked at without entering again.
//
// A file system without RWF_NOWAIT has no such path (the read goes to a worker thread), and the test is skipped.
//
// Seen on 6.18: as above; also on a DEFER_TASKRUN ring, since nothing is deferred.
#include "ring_test.hpp"

#include <cerrno>
#include <cstring>

#include <sys/uio.h>

namespace kernel_tests {
namespace {

using shardbridge::fixtures::make_pattern;

class page_cache_hit : public ring_test {};

TEST_P(page_cache_hit, completes_inside_the_submit) {
  constexpr std::size_t bytes = 64 << 10;
  const shardbridge::fixtures::temporary_folder folder;
  const descriptor file(::open(folder.make_file("file", bytes).c_str(), O_RDONLY | O_CLOEXEC));
  std::string to(bytes, '\0');
  ASSERT_EQ(::pread(file, to.data(), bytes, 0), static_cast<ssize_t>(bytes)); // now it is cached
  const iovec part{to.data(), bytes};
  if (::preadv2(file, &part, 1, 0, RWF_NOWAIT) < 0)
    GTEST_SKIP() << "the temporary folder's file system cannot read without waiting: " << std::strerror(errno);
  std::fill(to.begin(), to.end(), '\0');

  ring r({.kind = GetParam()});
  r.stage(op, read_into(file, to.data(), bytes));
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.ready(), 1u);
  EXPECT_EQ(to, make_pattern(bytes));
  EXPECT_EQ(r.reap(1), (completions{cqe(op, bytes)}));
}

ON_BOTH_RINGS(page_cache_hit);

} // namespace
} // namespace kernel_tests
