// Goal: an operation that ends before its linked timeout posts its own result first, then the timeout's -ECANCELED.
// Method: reads that end at once, full, short and failing, with a timeout far away.
//
// Seen on 6.18: as above, whatever the result of the operation, on both kinds of ring.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

using shardbridge::fixtures::make_pattern;

class operation_first : public ring_test {
 protected:
  completions read_with_far_timeout(int file, void* to, std::size_t size) {
    ring r({.kind = GetParam()});
    r.stage_timeout(r.stage(op, read_into(file, to, size)), 1h);
    EXPECT_EQ(r.submit(), 2);
    return r.reap(2);
  }

  shardbridge::fixtures::temporary_folder folder;
};

TEST_P(operation_first, full_read) {
  const descriptor file(::open(folder.make_file("file", 4096).c_str(), O_RDONLY | O_CLOEXEC));
  std::string to(4096, '\0');
  EXPECT_EQ(read_with_far_timeout(file, to.data(), 4096), (completions{cqe(op, 4096), cqe(timeout, -ECANCELED)}));
  EXPECT_EQ(to, make_pattern(4096));
}

// A short read breaks a chain of linked operations; a linked timeout sees no difference.
TEST_P(operation_first, short_read_at_the_end_of_the_file) {
  const descriptor file(::open(folder.make_file("file", 1000).c_str(), O_RDONLY | O_CLOEXEC));
  std::string to(4096, '\0');
  EXPECT_EQ(read_with_far_timeout(file, to.data(), 4096), (completions{cqe(op, 1000), cqe(timeout, -ECANCELED)}));
}

TEST_P(operation_first, read_behind_the_end_of_the_file) {
  const descriptor file(::open(folder.make_file("file", 0).c_str(), O_RDONLY | O_CLOEXEC));
  std::string to(4096, '\0');
  EXPECT_EQ(read_with_far_timeout(file, to.data(), 4096), (completions{cqe(op, 0), cqe(timeout, -ECANCELED)}));
}

TEST_P(operation_first, bad_descriptor) {
  std::string to(16, '\0');
  EXPECT_EQ(read_with_far_timeout(-1, to.data(), to.size()), (completions{cqe(op, -EBADF), cqe(timeout, -ECANCELED)}));
}

// The operation is in flight when it ends: the order is the same as when it ends inside the submit.
TEST_P(operation_first, pipe_read_satisfied_later) {
  const pipe_pair pipe;
  ring r({.kind = GetParam()});
  std::string to(16, '\0');
  r.stage_timeout(r.stage(op, read_into(pipe.reader, to.data(), to.size())), 1h);
  ASSERT_EQ(r.submit(), 2);
  EXPECT_EQ(r.ready_after_entering(), 0u);
  pipe.write("data");
  EXPECT_EQ(r.reap(2), (completions{cqe(op, 4), cqe(timeout, -ECANCELED)}));
}

ON_BOTH_RINGS(operation_first);

} // namespace
} // namespace kernel_tests
