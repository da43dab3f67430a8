// Goal: ranges of a file are reserved, freed and cleared, and the kernel is told how they will be used, on the calling
// thread and on the shard alike. Method: a real file, whose size, blocks and resident pages the kernel tells.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace shardbridge::tests {
namespace {

constexpr std::uint64_t page = 4096;

/// Runs on the calling thread, or on the shard.
class real_files_ranges : public testing::TestWithParam<bool> {
 protected:
  error_code allocate(std::uint64_t offset, std::uint64_t length, allocate_mode how) {
    error_code failed;
    if (GetParam()) return all.complete([&](auto h) { file.async_allocate(offset, length, how, h); }).error;
    file.allocate(offset, length, how, failed);
    return failed;
  }
  error_code advise(random_access_file& of, std::uint64_t offset, std::uint64_t length, file_advice what) {
    error_code failed;
    if (GetParam()) return all.complete([&](auto h) { of.async_advise(offset, length, what, h); }).error;
    of.advise(offset, length, what, failed);
    return failed;
  }
  [[nodiscard]] std::uint64_t reserved() const {
    struct ::stat status {};
    EXPECT_EQ(::fstat(file.native_handle(), &status), 0);
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  /// Pages of the file in the page cache.
  [[nodiscard]] std::size_t resident(std::size_t pages) const {
    void* const mapped = ::mmap(nullptr, pages * page, PROT_READ, MAP_SHARED, file.native_handle(), 0);
    EXPECT_NE(mapped, MAP_FAILED);
    std::vector<unsigned char> in_memory(pages);
    EXPECT_EQ(::mincore(mapped, pages * page, in_memory.data()), 0);
    ::munmap(mapped, pages * page);
    return static_cast<std::size_t>(std::ranges::count_if(in_memory, [](unsigned char each) { return each % 2 == 1; }));
  }
  std::string contents(std::uint64_t offset, std::size_t size) {
    std::string out(size, 'x');
    EXPECT_EQ(file.read_some_at(offset, asio::buffer(out)), size);
    return out;
  }

  const fixtures::temporary_folder folder;
  service all;
  random_access_file file{all.link, folder.make_file("file", 16 * page), open_flags::read_write};
};

TEST_P(real_files_ranges, space_is_reserved_and_the_file_grows) {
  EXPECT_FALSE(allocate(16 * page, 16 * page, allocate_mode::allocate));
  EXPECT_EQ(file.size(), 32 * page);
  EXPECT_GE(reserved(), 32 * page);
  EXPECT_EQ(contents(16 * page, page), std::string(page, '\0'));
}

TEST_P(real_files_ranges, space_is_reserved_behind_the_end) {
  EXPECT_FALSE(allocate(16 * page, 16 * page, allocate_mode::keep_size));
  EXPECT_EQ(file.size(), 16 * page);
  EXPECT_GE(reserved(), 32 * page);
}

TEST_P(real_files_ranges, a_hole_is_punched) {
  file.sync_all();
  const std::uint64_t before = reserved();
  EXPECT_FALSE(allocate(4 * page, 8 * page, allocate_mode::punch_hole));
  EXPECT_EQ(file.size(), 16 * page);
  EXPECT_LE(reserved() + 8 * page, before);
  EXPECT_EQ(contents(4 * page, 8 * page), std::string(8 * page, '\0'));
  EXPECT_TRUE(contents(0, 4 * page) == fixtures::make_pattern(4 * page)) << "what is before stays";
}

TEST_P(real_files_ranges, a_range_is_cleared) {
  if (const error_code failed = allocate(page, 2 * page, allocate_mode::zero_range))
    GTEST_SKIP() << "the file system of temporary files has no zero_range: " << failed.message();
  EXPECT_EQ(contents(page, 2 * page), std::string(2 * page, '\0'));
  EXPECT_FALSE(allocate(15 * page, 2 * page, allocate_mode::zero_range_keep_size));
  EXPECT_EQ(file.size(), 16 * page);
  EXPECT_FALSE(allocate(15 * page, 2 * page, allocate_mode::zero_range));
  EXPECT_EQ(file.size(), 17 * page);
}

TEST_P(real_files_ranges, nonsense_is_refused_by_the_kernel) {
  EXPECT_EQ(allocate(0, 0, allocate_mode::allocate), boost::system::errc::invalid_argument);
  EXPECT_EQ(allocate(0, page, static_cast<allocate_mode>(1 << 20)), boost::system::errc::operation_not_supported);
  EXPECT_EQ(allocate(std::uint64_t{1} << 63U, page, allocate_mode::allocate), boost::system::errc::invalid_argument);
  EXPECT_EQ(advise(file, 0, page, static_cast<file_advice>(77)), boost::system::errc::invalid_argument);
}

TEST_P(real_files_ranges, a_file_that_is_not_open_says_so) {
  file.close();
  EXPECT_EQ(allocate(0, page, allocate_mode::allocate), asio::error::bad_descriptor);
  EXPECT_EQ(advise(file, 0, page, file_advice::random), asio::error::bad_descriptor);
}

TEST_P(real_files_ranges, advice_drops_and_reads_pages) {
  file.sync_all();
  EXPECT_FALSE(advise(file, 0, 0, file_advice::dont_need));
  if (resident(16) > 0) GTEST_SKIP() << "the file system of temporary files keeps its pages";
  EXPECT_FALSE(advise(file, 0, 8 * page, file_advice::will_need));
  EXPECT_TRUE(all.run_until([&] { return resident(16) >= 8; })) << "pages are read ahead";
  for (const file_advice each :
       {file_advice::normal, file_advice::random, file_advice::sequential, file_advice::no_reuse})
    EXPECT_FALSE(advise(file, 0, 0, each));
}

TEST_P(real_files_ranges, a_pipe_takes_no_advice) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  random_access_file reading(all.link);
  random_access_file writing(all.link);
  reading.assign(ends[0]);
  writing.assign(ends[1]);
  EXPECT_EQ(advise(reading, 0, page, file_advice::will_need), boost::system::errc::invalid_seek);
}

INSTANTIATE_TEST_SUITE_P(, real_files_ranges, testing::Bool(),
                         [](const auto& of) { return of.param ? "on_the_shard" : "on_the_calling_thread"; });

} // namespace
} // namespace shardbridge::tests
