// Goal: a message from one ring ends another's wait, says nothing at home if it arrives, and says so if it does not.
// Method: two rings on two threads; numbers that are no ring's; rings whose thread has ended.
//
// Seen on 6.18: as above, and a ring takes messages for a thread that has ended.
#include "ring_test.hpp"

#include <future>
#include <thread>

#include <unistd.h>

namespace kernel_tests {
namespace {

constexpr std::uint64_t message = 7;

class msg_ring : public ring_test {
 protected:
  void SetUp() override {
    ring_test::SetUp();
    if (IsSkipped()) return;
    ring r({.kind = GetParam()});
    const std::unique_ptr<io_uring_probe, decltype(&io_uring_free_probe)> probe(io_uring_get_probe_ring(r.native()),
                                                                                &io_uring_free_probe);
    if (!probe || io_uring_opcode_supported(probe.get(), IORING_OP_MSG_RING) == 0)
      GTEST_SKIP() << "the kernel has no IORING_OP_MSG_RING";
  }

  static void stage_message(ring& from, int to) {
    from.stage(op, [to](io_uring_sqe* sqe) { io_uring_prep_msg_ring(sqe, to, 0, message, 0); })->flags |=
        IOSQE_CQE_SKIP_SUCCESS;
  }
};

TEST_P(msg_ring, ends_another_ring_s_wait_and_says_nothing_at_home) {
  std::promise<int> address;
  std::promise<completions> got;
  std::thread other([&] {
    ring r({.kind = GetParam()});
    address.set_value(r.native()->ring_fd);
    got.set_value(r.reap(3));
  });
  ring r({.kind = GetParam()});
  const int to = address.get_future().get();
  for (int each = 0; each < 3; ++each) {
    std::this_thread::sleep_for(10ms); // so that it waits, most likely
    stage_message(r, to);
    ASSERT_EQ(r.submit(), 1);
  }
  EXPECT_EQ(got.get_future().get(), (completions{cqe(message, 0), cqe(message, 0), cqe(message, 0)}));
  EXPECT_EQ(r.ready_after_entering(), 0u);
  other.join();
}

TEST_P(msg_ring, fails_where_there_is_no_ring) {
  ring r({.kind = GetParam()});
  const pipe_pair pipe;
  for (const int none : {static_cast<int>(pipe.reader), 1'000'000}) {
    stage_message(r, none);
    ASSERT_EQ(r.submit(), 1);
    const completions got = r.reap(1);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].user_data, op);
    EXPECT_TRUE(got[0].res == -EBADF || got[0].res == -EBADFD) << got[0];
  }
}

TEST_P(msg_ring, to_a_thread_that_has_ended_harms_nobody) {
  std::optional<ring> orphan;
  std::thread([&] { orphan.emplace(ring_setup{.kind = GetParam()}); }).join();
  ring r({.kind = GetParam()});
  stage_message(r, orphan->native()->ring_fd);
  ASSERT_EQ(r.submit(), 1);
  const completions got = r.reap(1, 50ms);
  EXPECT_TRUE(got.empty() || got[0].res == -EOWNERDEAD) << got[0];
  RecordProperty("failed", static_cast<int>(got.size()));
}

ON_BOTH_RINGS(msg_ring);

} // namespace
} // namespace kernel_tests
