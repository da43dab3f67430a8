// Goal: memory of coroutines is used again on the thread that freed it, within bounds. Method: sizes around those that
// are kept, and threads that come and go.
#include <shardbridge/detail/frame_memory.hpp>

#include <cstddef>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

// Sanitizers end the program where malloc would say no.
extern "C" const char* __asan_default_options();
extern "C" const char* __tsan_default_options();
const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}

namespace shardbridge::detail {
namespace {

class frame_memory_test : public testing::Test {
 public:
  static bool keeps() {
    free_frame(allocate_frame(64), 64);
    return kept_frame_bytes() > 0;
  }
  void SetUp() override {
    if (!keeps()) GTEST_SKIP() << "with AddressSanitizer nothing is kept";
  }
};

TEST_F(frame_memory_test, is_used_again_for_what_is_about_as_large) {
  void* const first = allocate_frame(300);
  free_frame(first, 300);
  void* const second = allocate_frame(290);
  EXPECT_EQ(second, first);
  void* const other = allocate_frame(300);
  EXPECT_NE(other, second);
  free_frame(other, 300);
  free_frame(second, 290);
}

TEST_F(frame_memory_test, is_not_kept_where_it_is_large) {
  const std::size_t before = kept_frame_bytes();
  free_frame(allocate_frame(100'000), 100'000);
  EXPECT_EQ(kept_frame_bytes(), before);
}

TEST_F(frame_memory_test, is_kept_within_bounds) {
  std::vector<void*> frames;
  for (int each = 0; each < 20'000; ++each)
    frames.push_back(allocate_frame(1000));
  for (void* const each : frames)
    free_frame(each, 1000);
  EXPECT_GT(kept_frame_bytes(), std::size_t{3} << 20);
  EXPECT_LE(kept_frame_bytes(), std::size_t{4} << 20);
}

TEST_F(frame_memory_test, may_be_freed_on_another_thread) {
  void* const given = allocate_frame(200);
  const std::size_t here = kept_frame_bytes();
  std::thread([given] {
    EXPECT_EQ(kept_frame_bytes(), 0U);
    free_frame(given, 200);
    EXPECT_GT(kept_frame_bytes(), 0U);
    void* const again = allocate_frame(200);
    EXPECT_EQ(again, given);
    free_frame(again, 200);
  }).join();
  EXPECT_EQ(kept_frame_bytes(), here);
}

TEST(frame_memory, of_any_size_can_be_written) {
  for (std::size_t size = 0; size < 5000; size += 37) {
    void* const frame = allocate_frame(size);
    std::memset(frame, 1, size);
    free_frame(frame, size);
  }
}

TEST(frame_memory, that_cannot_be_had_throws) {
  EXPECT_THROW(static_cast<void>(allocate_frame(std::size_t{1} << 62)), std::bad_alloc);
}

} // namespace
} // namespace shardbridge::detail
