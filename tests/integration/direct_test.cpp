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

class real_files_direct_bounced : public real_files_direct {
 protected:
  void SetUp() override {
    file.bounce_through(pool);
    real_files_direct::SetUp();
  }
  buffer_pool pool{{.bytes = std::size_t{64} << 10, .largest = 4 * page}};
};

TEST_F(real_files_direct_bounced, reads_of_any_offset_length_and_address) {
  for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, page - 1, 3 * page + 7, 10 * page + 50}) {
    for (const std::size_t size : {std::size_t{1}, page, 2 * page + 3}) {
      const std::string wanted = expected(offset, size);
      const outcome got = read(offset, asio::buffer(at(5), size));
      EXPECT_TRUE(got.succeeded() && got.value == wanted.size()) << offset << ", " << size << ": " << got;
      EXPECT_EQ(std::string(at(5), wanted.size()), wanted);
      std::memset(at(5), 0, size);
      EXPECT_EQ(file.read_some_at(offset, asio::buffer(at(5), size)), wanted.size()) << "on the calling thread";
      EXPECT_EQ(std::string(at(5), wanted.size()), wanted);
    }
  }
  EXPECT_EQ(pool.stats().bytes_in_use, 0U);
}

TEST_F(real_files_direct_bounced, the_end_of_the_file) {
  EXPECT_TRUE(read(10 * page + 100, asio::buffer(at(0), 5)).failed_with(asio::error::eof)) << "in its last sector";
  EXPECT_TRUE(read(20 * page + 1, asio::buffer(at(0), 5)).failed_with(asio::error::eof));
  error_code failed;
  EXPECT_EQ(file.read_some_at(10 * page + 100, asio::buffer(at(0), 5), failed), 0U);
  EXPECT_EQ(failed, asio::error::eof);
}

TEST_F(real_files_direct_bounced, more_than_the_pools_largest_buffer_comes_in_parts) {
  const outcome part = read(3, asio::buffer(at(0), 6 * page));
  EXPECT_TRUE(part.succeeded() && part.value == 4 * page - 3) << part;
  const outcome whole = all.complete([&](auto h) { asio::async_read_at(file, 3, asio::buffer(at(0), 6 * page), h); });
  EXPECT_TRUE(whole.succeeded() && whole.value == 6 * page) << whole;
  EXPECT_EQ(seen(6 * page), expected(3, 6 * page));
}

TEST_F(real_files_direct_bounced, writes_whose_memory_is_not_aligned) {
  std::memset(at(1), 'w', 2 * page);
  const outcome wrote = write(page, asio::buffer(at(1), 2 * page));
  EXPECT_TRUE(wrote.succeeded() && wrote.value == 2 * page) << wrote;
  EXPECT_EQ(file.write_some_at(3 * page, asio::buffer(at(1), page)), page);
  EXPECT_EQ(read(page - 2, asio::buffer(at(3 * page), 3 * page + 4)).value, 3 * page + 4);
  EXPECT_EQ(std::string(at(3 * page), 3 * page + 4),
            expected(page - 2, 2) + std::string(3 * page, 'w') + expected(4 * page, 2));
}

TEST_F(real_files_direct_bounced, writes_that_would_need_what_is_around_them_fail) {
  EXPECT_TRUE(write(1, asio::buffer(at(0), page)).failed_with(errc::misaligned));
  EXPECT_TRUE(write(0, asio::buffer(at(0), 5)).failed_with(errc::misaligned));
  error_code failed;
  EXPECT_EQ(file.write_some_at(1, asio::buffer(at(0), page), failed), 0U);
  EXPECT_EQ(failed, errc::misaligned);
}

TEST_F(real_files_direct_bounced, without_room_in_the_pool) {
  const std::array<owned_buffer, 4> taken{pool.allocate(4 * page), pool.allocate(4 * page), pool.allocate(4 * page),
                                          pool.allocate(4 * page)};
  EXPECT_TRUE(read(1, asio::buffer(at(0), 5)).failed_with(asio::error::no_memory));
  EXPECT_EQ(read(page, asio::buffer(at(0), page)).value, page) << "what is aligned needs none";
}

TEST_F(real_files_direct_bounced, a_stream_of_odd_pieces) {
  stream_file stream(all.link);
  stream.bounce_through(pool);
  stream.open(folder.path() / "file", open_flags::read_only | open_flags::direct);
  std::string text;
  const outcome got = all.complete([&](auto h) { asio::async_read(stream, asio::dynamic_buffer(text), h); });
  EXPECT_TRUE(got.failed_with(asio::error::eof)) << got;
  EXPECT_TRUE(text == expected(0, 10 * page + 100));
}

} // namespace
} // namespace shardbridge::tests
