// Goal: direct files work where everything is aligned, and say `misaligned`, without asking the kernel, where it is
// not. Method: a file on a disk, aligned memory, and each of offset, length and address off by one sector part.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace shardbridge::tests {
namespace {

constexpr std::size_t page = 4096;

class real_files_direct : public testing::Test {
 protected:
  void SetUp() override {
    error_code failed;
    file.open(folder.make_file("file", 10 * page + 100), open_flags::read_write | open_flags::direct, failed);
    if (failed == boost::system::errc::invalid_argument) GTEST_SKIP() << "no direct I/O in " << folder.path();
    ASSERT_FALSE(failed) << failed.message();
  }
  template <class Buffers>
  outcome read(std::uint64_t offset, const Buffers& into) {
    return all.complete([&](auto h) { file.async_read_some_at(offset, into, h); });
  }
  template <class Buffers>
  outcome write(std::uint64_t offset, const Buffers& from) {
    return all.complete([&](auto h) { file.async_write_some_at(offset, from, h); });
  }
  char* at(std::size_t offset) const { return static_cast<char*>(memory.get()) + offset; }
  std::string seen(std::size_t size) const { return {at(0), size}; }
  std::string expected(std::size_t offset, std::size_t size) const {
    return fixtures::make_pattern(10 * page + 100).substr(offset, size);
  }

  const fixtures::temporary_folder folder;
  const std::unique_ptr<void, decltype(&std::free)> memory{std::aligned_alloc(page, 16 * page), &std::free};
  service all;
  random_access_file file{all.link};
};

TEST_F(real_files_direct, aligned_reads_and_writes) {
  const outcome got = read(2 * page, asio::buffer(at(0), 3 * page));
  EXPECT_TRUE(got.succeeded() && got.value == 3 * page) << got;
  EXPECT_TRUE(seen(3 * page) == expected(2 * page, 3 * page));
  std::memset(at(0), 'w', page);
  EXPECT_TRUE(write(page, asio::buffer(at(0), page)).succeeded());
  const std::array<asio::mutable_buffer, 2> two{asio::buffer(at(8 * page), page), asio::buffer(at(0), page)};
  EXPECT_EQ(read(page, two).value, 2 * page);
  EXPECT_TRUE(std::string(at(8 * page), page) == std::string(page, 'w'));
  EXPECT_TRUE(seen(page) == expected(2 * page, page));
}

TEST_F(real_files_direct, misaligned_ones_are_refused_without_the_kernel) {
  for (const std::size_t odd : {1U, 100U, 257U}) {
    const error_code refused = errc::misaligned;
    EXPECT_TRUE(read(odd, asio::buffer(at(0), page)).failed_with(refused)) << "offset " << odd;
    EXPECT_TRUE(read(0, asio::buffer(at(0), page + odd)).failed_with(refused)) << "length " << odd;
    EXPECT_TRUE(read(0, asio::buffer(at(odd), page)).failed_with(refused)) << "address " << odd;
    EXPECT_TRUE(write(odd, asio::buffer(at(0), page)).failed_with(refused));
    EXPECT_TRUE(write(0, asio::buffer(at(0), page + odd)).failed_with(refused));
    EXPECT_TRUE(write(0, asio::buffer(at(odd), page)).failed_with(refused));
    const std::array<asio::mutable_buffer, 2> second{asio::buffer(at(0), page), asio::buffer(at(2 * page), odd)};
    EXPECT_TRUE(read(0, second).failed_with(refused)) << "length of the second " << odd;
  }
  EXPECT_EQ(all.submissions(), 0U);
}

TEST_F(real_files_direct, the_unaligned_tail_is_read_and_then_the_end) {
  const outcome tail = read(8 * page, asio::buffer(at(0), 4 * page));
  EXPECT_TRUE(tail.succeeded()) << tail;
  EXPECT_EQ(tail.value, 2 * page + 100);
  EXPECT_TRUE(seen(2 * page + 100) == expected(8 * page, 2 * page + 100));
  EXPECT_TRUE(read(11 * page, asio::buffer(at(0), page)).failed_with(asio::error::eof));
}

TEST_F(real_files_direct, a_read_that_ends_exactly_at_the_end) {
  file.resize(10 * page);
  const outcome whole = read(8 * page, asio::buffer(at(0), 2 * page));
  EXPECT_TRUE(whole.succeeded() && whole.value == 2 * page) << whole;
  const outcome beyond = read(8 * page, asio::buffer(at(0), 4 * page));
  EXPECT_TRUE(beyond.succeeded() && beyond.value == 2 * page) << beyond;
  EXPECT_TRUE(read(10 * page, asio::buffer(at(0), page)).failed_with(asio::error::eof));
}

TEST_F(real_files_direct, one_opened_on_the_shard_knows_its_alignment_too) {
  random_access_file other(all.link);
  EXPECT_TRUE(all.complete([&](auto h) {
                   other.async_open(folder.path() / "file", open_flags::read_only | open_flags::direct, h);
                 })
                  .succeeded());
  EXPECT_TRUE(all.complete([&](auto h) { other.async_read_some_at(1, asio::buffer(at(0), page), h); })
                  .failed_with(errc::misaligned));
  EXPECT_EQ(all.complete([&](auto h) { other.async_read_some_at(page, asio::buffer(at(0), page), h); }).value, page);
  EXPECT_TRUE(seen(page) == expected(page, page));
}

} // namespace
} // namespace shardbridge::tests
