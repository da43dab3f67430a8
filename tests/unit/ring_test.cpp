// Goal: a ring tells of completions without a system call, and is not taken in by a flag that the kernel left standing.
// Method: a real ring whose flag the test sets as the kernel does, in the memory they share.
#include <shard_side/ring.hpp>

#include <array>
#include <atomic>
#include <optional>
#include <system_error>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

class ring_test : public testing::Test {
 public:
  void SetUp() override {
    try {
      tested.emplace(8);
    } catch (const std::system_error& failure) {
      GTEST_SKIP() << failure.what();
    }
  }
  void flag(bool set) {
    std::atomic_ref<unsigned> flags(*tested->get()->sq.kflags);
    if (set)
      flags.fetch_or(IORING_SQ_TASKRUN);
    else
      flags.fetch_and(~IORING_SQ_TASKRUN);
  }
  void complete_one() {
    io_uring_prep_nop(io_uring_get_sqe(tested->get()));
    ASSERT_EQ(io_uring_submit(tested->get()), 1);
  }
  unsigned take() {
    std::array<io_uring_cqe*, 4> cqes{};
    const unsigned count = tested->peek(cqes);
    io_uring_cq_advance(tested->get(), count);
    return count;
  }

  std::optional<ring> tested;
};

TEST_F(ring_test, is_ready_when_a_completion_has_come) {
  EXPECT_FALSE(tested->ready());
  EXPECT_EQ(take(), 0U);
  complete_one();
  EXPECT_TRUE(tested->ready());
  EXPECT_EQ(take(), 1U);
  EXPECT_FALSE(tested->ready());
}

TEST_F(ring_test, limits_the_threads_of_the_kernel) {
  const auto limits = [this] {
    std::array<unsigned, 2> out{0, 0}; // 0 asks
    EXPECT_EQ(io_uring_register_iowq_max_workers(tested->get(), out.data()), 0);
    return out;
  };
  EXPECT_EQ(limits(), (std::array<unsigned, 2>{16, 16}));
  tested->limit_workers(3);
  EXPECT_EQ(limits(), (std::array<unsigned, 2>{3, 3}));
}

TEST_F(ring_test, believes_a_flag_that_stands_for_nothing_only_once) {
  flag(true);
  EXPECT_TRUE(tested->ready());
  EXPECT_EQ(take(), 0U);
  EXPECT_FALSE(tested->ready());
  complete_one();
  EXPECT_TRUE(tested->ready()) << "what is in the CQ counts all the same";
  EXPECT_EQ(take(), 1U);
  EXPECT_FALSE(tested->ready());
}

TEST_F(ring_test, believes_the_flag_again_when_the_kernel_has_taken_it_down) {
  flag(true);
  EXPECT_EQ(take(), 0U);
  flag(false);
  EXPECT_FALSE(tested->ready());
  flag(true);
  EXPECT_TRUE(tested->ready());
}

} // namespace
} // namespace shardbridge::detail
