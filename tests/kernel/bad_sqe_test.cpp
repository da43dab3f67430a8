// Goal: an SQE the kernel refuses ends the batch it was submitted in, unless the ring has IORING_SETUP_SUBMIT_ALL.
// Method: no-op, unknown opcode, no-op in one submit.
//
// Seen on 6.18: without the flag the bad one counts as submitted, completes with -EINVAL, and what stands behind it
// stays in the SQ for the next submit. Whoever takes the first submit's word for all three waits for ever.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class bad_sqe : public ring_test {
 protected:
  static void stage_three(ring& r) {
    const auto nop = [](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); };
    const auto unknown = [](io_uring_sqe* sqe) {
      io_uring_prep_nop(sqe);
      sqe->opcode = 255;
    };
    r.stage(1, nop);
    r.stage(2, unknown);
    r.stage(3, nop);
  }
};

TEST_P(bad_sqe, does_not_stop_the_batch_with_submit_all) {
  ring r({.kind = GetParam(), .more_flags = IORING_SETUP_SUBMIT_ALL});
  stage_three(r);
  EXPECT_EQ(r.submit(), 3);
  EXPECT_EQ(r.reap(3), (completions{cqe(1, 0), cqe(2, -EINVAL), cqe(3, 0)}));
}

TEST_P(bad_sqe, stops_the_batch_without_submit_all) {
  const unsigned own = GetParam() == ring_kind::deferred ? IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN : 0u;
  ring r({.kind = ring_kind::plain, .more_flags = own});
  stage_three(r);
  EXPECT_EQ(r.submit(), 2);
  EXPECT_EQ(r.reap(2), (completions{cqe(1, 0), cqe(2, -EINVAL)}));
  EXPECT_EQ(r.ready_after_entering(), 0u);
  EXPECT_EQ(r.submit(), 1) << "the third is still in the SQ";
  EXPECT_EQ(r.reap(1), (completions{cqe(3, 0)}));
}

ON_BOTH_RINGS(bad_sqe);

} // namespace
} // namespace kernel_tests
