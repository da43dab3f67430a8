// Goal: the last reference closes the file; a parked close is taken over by exactly one; alignment is learnt as the
// kernel says it.
// Method: every order of park, unpark and release with few users; fcntl tells whether the number is open.
#include "test_operation.hpp"

#include <array>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

int open_null() {
  return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}
bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(descriptor, is_closed_by_its_last_reference) {
  const int fd = open_null();
  auto* const file = new descriptor(fd);
  EXPECT_TRUE(file->is_open());
  EXPECT_TRUE(file->only_user());
  file->add_reference();
  EXPECT_FALSE(file->only_user());
  EXPECT_EQ(file->release(), nullptr);
  EXPECT_TRUE(is_open(fd));
  EXPECT_EQ(file->release(), nullptr);
  EXPECT_FALSE(is_open(fd));
}

TEST(descriptor, does_not_close_what_was_taken_from_it) {
  const int fd = open_null();
  auto* const file = new descriptor();
  EXPECT_FALSE(file->is_open());
  file->set(fd);
  EXPECT_EQ(file->take(), fd);
  EXPECT_EQ(file->get(), -1);
  EXPECT_EQ(file->release(), nullptr);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(descriptor, counts_epochs) {
  const test_file file(true);
  const std::uint64_t first = file->epoch();
  file->next_epoch();
  EXPECT_EQ(file->epoch(), first + 1);
}

TEST(descriptor, has_one_order_for_each_shard_on_its_way) {
  auto* const file = new descriptor(-1, 2);
  EXPECT_TRUE(file->mark_ordered(0));
  EXPECT_FALSE(file->mark_ordered(0));
  EXPECT_TRUE(file->mark_ordered(1));
  file->order_taken(0);
  EXPECT_TRUE(file->mark_ordered(0));
  EXPECT_FALSE(file->mark_ordered(1));
  EXPECT_EQ(file->release(), nullptr);
}

TEST(descriptor, parks_no_close_that_is_the_only_user) {
  const test_file file(true);
  test_operation close(op_code::close);
  EXPECT_FALSE(file->park(close));
  EXPECT_TRUE(file->only_user()) << "and leaves no trace";
}

TEST(descriptor, hands_a_parked_close_to_the_release_that_leaves_it_alone) {
  const int fd = open_null();
  auto* const file = new descriptor(fd);
  file->add_reference();
  file->add_reference();
  test_operation close(op_code::close);
  ASSERT_TRUE(file->park(close));
  EXPECT_EQ(file->release(), nullptr) << "there is another user";
  EXPECT_EQ(file->release(), &close);
  EXPECT_FALSE(file->unpark()) << "the release took it over";
  EXPECT_TRUE(file->only_user());
  EXPECT_TRUE(is_open(fd));
  EXPECT_EQ(file->release(), nullptr);
  EXPECT_FALSE(is_open(fd));
}

TEST(descriptor, gives_a_parked_close_back_once) {
  const int fd = open_null();
  auto* const file = new descriptor(fd);
  file->add_reference();
  test_operation close(op_code::close);
  ASSERT_TRUE(file->park(close));
  EXPECT_TRUE(file->unpark());
  EXPECT_FALSE(file->unpark());
  EXPECT_EQ(file->release(), nullptr) << "nothing is parked any more";
  ASSERT_TRUE(file->only_user());
  EXPECT_EQ(file->release(), nullptr);
  EXPECT_FALSE(is_open(fd));
}

TEST(descriptor, parks_again_what_was_taken_back) {
  auto* const file = new descriptor();
  file->add_reference();
  test_operation close(op_code::close);
  ASSERT_TRUE(file->park(close));
  ASSERT_TRUE(file->unpark());
  ASSERT_TRUE(file->park(close));
  EXPECT_EQ(file->release(), &close);
  EXPECT_EQ(file->release(), nullptr);
}

TEST(descriptor, gives_the_parked_close_to_unpark_or_to_one_release) {
  for (int round = 0; round < 3000; ++round) {
    auto* const file = new descriptor();
    file->add_reference();
    file->add_reference();
    test_operation close(op_code::close);
    ASSERT_TRUE(file->park(close));
    std::atomic<int> taken_over{0};
    std::atomic<bool> go{false};
    std::thread other([&] {
      while (!go.load())
        std::this_thread::yield();
      for (int each = 0; each < 2; ++each)
        if (file->release() == &close) taken_over.fetch_add(1);
    });
    go = true;
    if (round % 2 == 0) std::this_thread::yield();
    if (file->unpark()) taken_over.fetch_add(1);
    other.join();
    ASSERT_EQ(taken_over, 1);
    ASSERT_TRUE(file->only_user());
    ASSERT_EQ(file->release(), nullptr);
  }
}

struct kind_of_file {
  unsigned mode;
  bool direct;
  unsigned known; ///< STATX_DIOALIGN if the file system says
  unsigned offset, memory;
  bool regular_learnt;
  unsigned offset_learnt, memory_learnt;
  unsigned block = 4096;
};

class descriptor_learns : public testing::TestWithParam<kind_of_file> {};

TEST_P(descriptor_learns, what_transfers_must_respect) {
  const kind_of_file& kind = GetParam();
  struct ::statx status {};
  status.stx_mode = static_cast<decltype(status.stx_mode)>(kind.mode);
  status.stx_mask = kind.known;
  status.stx_blksize = kind.block;
  status.stx_dio_offset_align = kind.offset;
  status.stx_dio_mem_align = kind.memory;
  const test_file file(false);
  file->learn(status, kind.direct);
  EXPECT_EQ(file->regular, kind.regular_learnt);
  EXPECT_EQ(file->offset_alignment, kind.offset_learnt);
  EXPECT_EQ(file->memory_alignment, kind.memory_learnt);
}

INSTANTIATE_TEST_SUITE_P(of, descriptor_learns,
                         testing::Values(kind_of_file{S_IFREG, false, STATX_DIOALIGN, 4096, 512, true, 1, 1},
                                         kind_of_file{S_IFREG, true, STATX_DIOALIGN, 4096, 512, true, 4096, 512},
                                         kind_of_file{S_IFREG, true, STATX_DIOALIGN, 0, 0, true, 4096, 4096},
                                         kind_of_file{S_IFREG, true, 0, 512, 512, true, 4096, 4096},
                                         kind_of_file{S_IFREG, true, 0, 0, 0, true, 1024, 1024, 1024},
                                         kind_of_file{S_IFREG, true, 0, 0, 0, true, 512, 512, 0},
                                         kind_of_file{S_IFREG, true, 0, 0, 0, true, 2048, 2048, 3000},
                                         kind_of_file{S_IFREG, true, 0, 0, 0, true, 4096, 4096, 1 << 20},
                                         kind_of_file{S_IFBLK, true, STATX_DIOALIGN, 512, 4, true, 512, 4},
                                         kind_of_file{S_IFIFO, false, 0, 0, 0, false, 1, 1},
                                         kind_of_file{S_IFCHR, false, 0, 0, 0, false, 1, 1},
                                         kind_of_file{S_IFSOCK, false, 0, 0, 0, false, 1, 1}));

} // namespace
} // namespace shardbridge::detail
