// Goal: a buffer sequence reaches the kernel whole, in order, without its empty buffers.
// Method: sequences of 0 to 9 buffers around the number that is kept without allocating.
#include <shardbridge/detail/iovecs.hpp>

#include <array>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

alignas(4096) std::array<char, 16384> memory;

boost::asio::mutable_buffer piece(std::size_t offset, std::size_t length) {
  return {memory.data() + offset, length};
}

using pieces = std::vector<boost::asio::mutable_buffer>;

void expect_same(iovec_array& array, const pieces& expected) {
  ASSERT_EQ(array.size(), expected.size());
  std::uint64_t bytes = 0;
  for (std::size_t each = 0; each < expected.size(); ++each) {
    EXPECT_EQ(array.data()[each].iov_base, expected[each].data()) << each;
    EXPECT_EQ(array.data()[each].iov_len, expected[each].size()) << each;
    bytes += expected[each].size();
  }
  EXPECT_EQ(array.bytes(), bytes);
}

TEST(iovec_array, keeps_any_number_of_buffers_in_order) {
  pieces buffers;
  for (std::size_t count = 0; count < 10; ++count) {
    iovec_array array(buffers);
    expect_same(array, buffers);
    buffers.push_back(piece(100 * count, count + 1));
  }
}

TEST(iovec_array, leaves_empty_buffers_out_wherever_they_are) {
  for (std::size_t count = 0; count < 5; ++count) {
    pieces kept;
    pieces buffers{piece(0, 0)};
    for (std::size_t each = 0; each < count; ++each) {
      kept.push_back(piece(100 * each, 10));
      buffers.push_back(kept.back());
      buffers.push_back(piece(3, 0));
    }
    iovec_array array(buffers);
    expect_same(array, kept);
  }
}

TEST(iovec_array, takes_single_buffers_and_constant_ones) {
  iovec_array one(piece(5, 7));
  expect_same(one, {piece(5, 7)});
  iovec_array constant(std::array<boost::asio::const_buffer, 2>{piece(0, 1), piece(8, 2)});
  expect_same(constant, {piece(0, 1), piece(8, 2)});
}

TEST(iovec_array, moves_with_its_buffers) {
  for (const std::size_t count : {1U, 2U, 3U, 9U}) {
    pieces buffers;
    for (std::size_t each = 0; each < count; ++each)
      buffers.push_back(piece(64 * each, 32));
    iovec_array first(buffers);
    iovec_array second(std::move(first));
    expect_same(second, buffers);
  }
}

} // namespace
} // namespace shardbridge::detail
