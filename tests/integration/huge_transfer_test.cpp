// Goal: one operation may be larger than what the kernel moves at once (2 GiB less a page). Method: a sparse file in
// memory, whose holes cost nothing, is read into gibibytes of addresses behind which the same few MiB lie repeatedly.
#include "support/service.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

constexpr std::size_t gib = std::size_t{1} << 30U;

class memory_file {
 public:
  explicit memory_file(std::size_t size) : descriptor_(::memfd_create("shardbridge", MFD_CLOEXEC)) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) ADD_FAILURE() << "no file in memory";
  }
  ~memory_file() { ::close(descriptor_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  const int descriptor_;
};

class repeated_memory {
 public:
  repeated_memory(std::size_t size, std::size_t period) : period_(period), size_(size), file_(period) {
    void* const reserved = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) return;
    begin_ = static_cast<char*>(reserved);
    for (std::size_t at = 0; at < size; at += period)
      if (!repeat(at)) return;
    usable_ = true;
  }
  ~repeated_memory() {
    if (begin_ != nullptr) ::munmap(begin_, size_);
  }
  repeated_memory(const repeated_memory&) = delete;
  repeated_memory& operator=(const repeated_memory&) = delete;

  [[nodiscard]] bool usable() const { return usable_; }
  [[nodiscard]] char* data() const { return begin_; }

 private:
  [[nodiscard]] bool repeat(std::size_t at) const {
    constexpr int flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE;
    return ::mmap(begin_ + at, period_, PROT_READ | PROT_WRITE, flags, file_.get(), 0) != MAP_FAILED;
  }

  const std::size_t period_;
  const std::size_t size_;
  const memory_file file_;
  char* begin_ = nullptr;
  bool usable_ = false;
};

TEST(real_files_huge, one_operation_of_three_gibibytes) {
  const repeated_memory memory(3 * gib, std::size_t{16} << 20U);
  if (!memory.usable()) GTEST_SKIP() << "3 GiB of addresses cannot be had here";
  const memory_file sparse(3 * gib);
  const std::string_view marker = "the end";
  ASSERT_EQ(::pwrite(sparse.get(), marker.data(), marker.size(), 3 * gib - marker.size()), 7);

  service all({}, {.max_bytes = 4 * gib});
  random_access_file file(all.link, sparse.path(), open_flags::read_only);
  const outcome one =
      all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(memory.data(), 3 * gib), h); });
  EXPECT_TRUE(one.succeeded()) << one;
  EXPECT_EQ(one.value, 3 * gib);
  EXPECT_EQ(std::string_view(memory.data() + 3 * gib - marker.size(), marker.size()), marker);
  EXPECT_EQ(all.submissions(), 2U);

  // Two buffers, the first of which alone is too large; the file ends in the second.
  const std::array two{asio::buffer(memory.data(), 2 * gib + 4096), asio::buffer(memory.data(), gib)};
  const outcome rest = all.complete([&](auto h) { file.async_read_some_at(gib / 2 + 5000, two, h); });
  EXPECT_TRUE(rest.succeeded()) << rest;
  EXPECT_EQ(rest.value, 2 * gib + gib / 2 - 5000);
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
