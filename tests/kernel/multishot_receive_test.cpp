// Goal: one receive brings whatever comes, in buffers that the kernel picks from those it was given. It ends, which the
// missing IORING_CQE_F_MORE tells, with the stream, with the buffers, or when it is cancelled; no byte is lost then.
// Method: a pair of UNIX sockets, buffers of 512 bytes.
//
// Seen on 6.18: as above, on both kinds of ring.
#include "provided_buffers.hpp"

namespace kernel_tests {
namespace {

class multishot_receive : public ring_test {
 protected:
  static void arm(ring& r, int socket) {
    io_uring_sqe* const sqe =
        r.stage(op, [&](io_uring_sqe* each) { io_uring_prep_recv_multishot(each, socket, nullptr, 0, 0); });
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = provided_buffers::group;
    ASSERT_EQ(r.submit(), 1);
  }
  static completion next(ring& r) {
    const completions got = r.reap(1);
    EXPECT_EQ(got.size(), 1U);
    return got.empty() ? completion{} : got[0];
  }
};

TEST_P(multishot_receive, brings_everything_until_the_stream_ends) {
  socket_pair pair;
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 4);
  arm(r, pair.ours);
  for (const char* const text : {"one", "two", "three"}) {
    pair.they_write(text);
    const completion got = next(r);
    EXPECT_EQ(buffers.text_of(got), text);
    EXPECT_TRUE(got.has_more());
  }
  pair.theirs.close();
  const completion last = next(r);
  EXPECT_EQ(last, cqe(op, 0));
  EXPECT_FALSE(last.has_more());
  EXPECT_EQ(last.flags & IORING_CQE_F_BUFFER, 0U) << "the end takes no buffer";
}

TEST_P(multishot_receive, ends_when_no_buffer_is_left_and_loses_nothing) {
  socket_pair pair;
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 2);
  arm(r, pair.ours);
  pair.they_write(std::string(provided_buffers::size, 'a') + std::string(provided_buffers::size, 'b') + "rest");
  EXPECT_EQ(buffers.text_of(next(r))[0], 'a');
  const completion second = next(r);
  EXPECT_EQ(buffers.text_of(second)[0], 'b');
  const completion last = next(r);
  EXPECT_EQ(last, cqe(op, -ENOBUFS));
  EXPECT_FALSE(last.has_more());

  buffers.give_back(provided_buffers::id_of(second));
  arm(r, pair.ours);
  EXPECT_EQ(buffers.text_of(next(r)), "rest");
}

TEST_P(multishot_receive, ends_when_cancelled) {
  socket_pair pair;
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 2);
  arm(r, pair.ours);
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  completions got = r.reap(2);
  std::sort(got.begin(), got.end(), [](const auto& a, const auto& b) { return a.user_data < b.user_data; });
  EXPECT_EQ(got, (completions{cqe(op, -ECANCELED), cqe(cancel, 0)}));
  pair.they_write("later");
  arm(r, pair.ours);
  EXPECT_EQ(buffers.text_of(next(r)), "later");
}

TEST_P(multishot_receive, outlives_the_descriptor) {
  socket_pair pair;
  ring r({.kind = GetParam()});
  provided_buffers buffers(r, 2);
  arm(r, pair.ours);
  pair.ours.close();
  pair.they_write("still here");
  EXPECT_EQ(buffers.text_of(next(r)), "still here");
}

ON_BOTH_RINGS(multishot_receive);

} // namespace
} // namespace kernel_tests
