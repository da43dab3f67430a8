// Goal: bytes arrive where they belong, whatever the shape of the buffers and of the file. Method: patterns written and
// read through the library, and compared with what ordinary calls see.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <fstream>
#include <numeric>

namespace shardbridge::tests {
namespace {

class real_files : public testing::Test {
 protected:
  void make(std::size_t size) {
    path = folder.make_file("file", size);
    file.open(path, open_flags::read_write);
  }
  template <class Buffers>
  outcome read(std::uint64_t offset, const Buffers& into) {
    return all.complete([&](auto handler) { file.async_read_some_at(offset, into, handler); });
  }
  template <class Buffers>
  outcome write(std::uint64_t offset, const Buffers& from) {
    return all.complete([&](auto handler) { file.async_write_some_at(offset, from, handler); });
  }
  std::string contents() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const fixtures::temporary_folder folder;
  std::string path;
  std::string buffer = std::string(4096, '\0');
  service all;
  random_access_file file{all.link};
};

TEST_F(real_files, have_no_negative_offsets) {
  make(100);
  for (const std::uint64_t offset : {~std::uint64_t{0}, std::uint64_t{1} << 63}) {
    EXPECT_TRUE(read(offset, asio::buffer(buffer, 3)).failed_with(asio::error::invalid_argument)) << offset;
    EXPECT_TRUE(write(offset, asio::buffer("xy", 2)).failed_with(asio::error::invalid_argument)) << offset;
  }
  EXPECT_EQ(contents(), fixtures::make_pattern(100));
}

TEST_F(real_files, one_buffer) {
  make(0);
  const std::string text = fixtures::make_pattern(100'000);
  const outcome wrote = write(7, asio::buffer(text));
  EXPECT_TRUE(wrote.succeeded()) << wrote;
  EXPECT_EQ(wrote.value, text.size());
  EXPECT_TRUE(contents() == std::string(7, '\0') + text);
  buffer.assign(text.size(), 'x');
  const outcome got = read(7, asio::buffer(buffer));
  EXPECT_TRUE(got.succeeded()) << got;
  EXPECT_EQ(got.value, text.size());
  EXPECT_TRUE(buffer == text);
}

TEST_F(real_files, two_buffers_with_an_empty_one_between) {
  make(3000);
  std::string first(1000, 'x');
  std::string second(1500, 'x');
  const std::array<asio::mutable_buffer, 3> into{asio::buffer(first), {}, asio::buffer(second)};
  const outcome got = read(250, into);
  EXPECT_TRUE(got.succeeded()) << got;
  EXPECT_EQ(got.value, 2500U);
  EXPECT_TRUE(first + second == fixtures::make_pattern(3000).substr(250, 2500));
}

// More than IOV_MAX: one operation for the caller, several for the kernel.
TEST_F(real_files, fifteen_hundred_buffers) {
  make(0);
  std::vector<std::string> parts;
  for (std::size_t each = 0; each < 1500; ++each)
    parts.emplace_back(50 + each % 100, static_cast<char>('a' + each % 26));
  const std::string whole = std::accumulate(parts.begin(), parts.end(), std::string());
  std::vector<asio::const_buffer> from;
  std::vector<asio::mutable_buffer> into;
  for (std::string& part : parts) {
    from.push_back(asio::buffer(std::as_const(part)));
    into.push_back(asio::buffer(part));
  }
  const outcome wrote = write(0, from);
  EXPECT_TRUE(wrote.succeeded()) << wrote;
  EXPECT_EQ(wrote.value, whole.size());
  EXPECT_TRUE(contents() == whole);
  for (std::string& part : parts)
    part.assign(part.size(), 'x');
  const outcome got = read(0, into);
  EXPECT_TRUE(got.succeeded()) << got;
  EXPECT_EQ(got.value, whole.size());
  EXPECT_TRUE(std::accumulate(parts.begin(), parts.end(), std::string()) == whole);
  EXPECT_EQ(all.link.stats().accepted, 2U);
}

TEST_F(real_files, no_bytes_succeed_without_the_kernel) {
  make(100);
  EXPECT_TRUE(read(0, asio::mutable_buffer()).succeeded());
  EXPECT_TRUE(read(1'000'000, std::array<asio::mutable_buffer, 2>()).succeeded());
  EXPECT_TRUE(write(50, asio::const_buffer()).succeeded());
  EXPECT_TRUE(write(50, std::vector<asio::const_buffer>()).succeeded());
  EXPECT_EQ(all.submissions(), 0U);
  EXPECT_TRUE(contents() == fixtures::make_pattern(100));
}

TEST_F(real_files, the_end_of_the_file) {
  make(1000);
  const outcome partly = read(900, asio::buffer(buffer));
  EXPECT_TRUE(partly.succeeded()) << partly;
  EXPECT_EQ(partly.value, 100U);
  EXPECT_TRUE(buffer.substr(0, 100) == fixtures::make_pattern(1000).substr(900));
  for (const std::uint64_t offset : {1000U, 1001U, 1'000'000U}) {
    const outcome none = read(offset, asio::buffer(buffer));
    EXPECT_TRUE(none.failed_with(asio::error::eof)) << none;
    EXPECT_EQ(none.value, 0U);
  }
  const outcome exactly = read(0, asio::buffer(buffer, 1000));
  EXPECT_TRUE(exactly.succeeded()) << exactly;
  EXPECT_EQ(exactly.value, 1000U);
}

TEST_F(real_files, an_offset_no_file_has_is_an_error_of_the_kernel) {
  make(10);
  EXPECT_TRUE(read(std::uint64_t{1} << 63U, asio::buffer(buffer)).error == boost::system::errc::invalid_argument);
}

TEST_F(real_files, holes_read_as_zeros) {
  make(0);
  file.resize(1'000'000);
  EXPECT_TRUE(write(500'000, asio::buffer("end", 3)).succeeded());
  buffer.assign(1003, 'x');
  EXPECT_EQ(read(499'000, asio::buffer(buffer)).value, 1003U);
  EXPECT_TRUE(buffer == std::string(1000, '\0') + "end");
}

TEST_F(real_files, operations_that_run_at_once_do_not_mix) {
  make(0);
  std::vector<std::string> blocks;
  for (std::size_t each = 0; each < 200; ++each)
    blocks.emplace_back(3000, static_cast<char>('A' + each % 50));
  std::vector<outcome> wrote(blocks.size());
  for (std::size_t each = 0; each < blocks.size(); ++each)
    file.async_write_some_at(each * 3000, asio::buffer(blocks[each]), wrote[each].handler());
  ASSERT_TRUE(all.finish());
  for (const outcome& each : wrote)
    EXPECT_TRUE(each.succeeded() && each.value == 3000) << each;
  EXPECT_TRUE(contents() == std::accumulate(blocks.begin(), blocks.end(), std::string()));
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
