// Goal: closing a descriptor does not end what is in flight on it; the operation holds the open file.
// Method: a read of an empty pipe, then close of the read end by close(2) or through the ring, then a write.
//
// Seen on 6.18: the read completes with data written after the close. Who wants it ended must cancel it.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class close_in_flight : public ring_test {
 protected:
  pipe_pair pipe;
  std::string to = std::string(16, '\0');
};

TEST_P(close_in_flight, close_does_not_cancel) {
  ring r({.kind = GetParam()});
  r.stage(op, read_into(pipe.reader, to.data(), to.size()));
  ASSERT_EQ(r.submit(), 1);
  pipe.reader.close();
  EXPECT_EQ(r.reap(1, 50ms), completions{});
  pipe.write("late"); // would raise SIGPIPE if no reader were left
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4)}));
  EXPECT_EQ(to.substr(0, 4), "late");
}

TEST_P(close_in_flight, the_ring_s_own_close_does_not_cancel_either) {
  ring r({.kind = GetParam()});
  r.stage(op, read_into(pipe.reader, to.data(), to.size()));
  ASSERT_EQ(r.submit(), 1);
  const int last = pipe.reader.release();
  r.stage(10, [last](io_uring_sqe* sqe) { io_uring_prep_close(sqe, last); });
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(1), (completions{cqe(10, 0)}));
  EXPECT_EQ(r.reap(1, 50ms), completions{});
  pipe.write("late");
  EXPECT_EQ(r.reap(1), (completions{cqe(op, 4)}));
}

ON_BOTH_RINGS(close_in_flight);

} // namespace
} // namespace kernel_tests
