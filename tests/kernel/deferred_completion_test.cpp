// Goal: on a DEFER_TASKRUN ring completions move only when the owner enters the kernel through the ring; on a plain
// ring any return from the kernel will do. A shard that only looks at its CQ sees nothing.
// Method: a pipe read in flight, satisfied by this thread's own write; the CQ is looked at after other system calls and
// after entering the ring.
//
// Seen on 6.18: as above. A second thread may not enter such a ring at all: it gets -EEXIST.
#include "ring_test.hpp"

#include <thread>

namespace kernel_tests {
namespace {

class deferred_completion : public ring_test {
 protected:
  pipe_pair pipe;
  std::string to = std::string(16, '\0');
};

TEST_P(deferred_completion, is_seen_only_after_entering_the_ring) {
  ring r({.kind = GetParam()});
  r.stage(op, read_into(pipe.reader, to.data(), to.size()));
  ASSERT_EQ(r.submit(), 1);
  pipe.write("data");
  for (int i = 0; i != 20; ++i)
    std::this_thread::sleep_for(1ms); // system calls enough, none of them through the ring
  EXPECT_EQ(r.ready(), GetParam() == ring_kind::plain ? 1u : 0u);
  EXPECT_EQ(to.substr(0, 4), GetParam() == ring_kind::plain ? "data" : std::string(4, '\0'))
      << "not even the copy is made before";
  EXPECT_EQ(r.ready_after_entering(), 1u);
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4)}));
}

TEST_P(deferred_completion, ring_belongs_to_one_thread) {
  ring r({.kind = GetParam()});
  r.stage(op, [](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); });
  int submitted = 0;
  std::thread([&] { submitted = r.submit(); }).join();
  EXPECT_EQ(submitted, GetParam() == ring_kind::plain ? 1 : -EEXIST);
  if (GetParam() == ring_kind::deferred) {
    EXPECT_EQ(r.submit(), 1) << "the refused SQE must still be there for the owner";
  }
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 0)}));
}

ON_BOTH_RINGS(deferred_completion);

} // namespace
} // namespace kernel_tests
