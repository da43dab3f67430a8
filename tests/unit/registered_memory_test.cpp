// Goal: memory is found in what is registered if it lies in it as a whole, and only then.
// Method: regions at addresses that nobody touches.
#include <shard_side/registered_memory.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr std::size_t piece = registered_memory::piece;

std::byte* address(std::uint64_t at) {
  return reinterpret_cast<std::byte*>(at); // NOLINT(performance-no-int-to-ptr)
}
iovec memory(std::uint64_t at, std::size_t bytes) {
  return {address(at), bytes};
}

TEST(registered_memory, nothing_lies_in_none) {
  const registered_memory none({});
  EXPECT_TRUE(none.pieces().empty());
  EXPECT_EQ(none.bytes(), 0U);
  EXPECT_EQ(none.find(memory(0x1000, 1)), std::nullopt);
}

TEST(registered_memory, what_lies_in_it_as_a_whole_is_found) {
  const registered_memory one({{address(0x10000), 0x4000}});
  EXPECT_EQ(one.bytes(), 0x4000U);
  ASSERT_EQ(one.pieces().size(), 1U);
  EXPECT_EQ(one.pieces()[0].iov_base, address(0x10000));
  EXPECT_EQ(one.pieces()[0].iov_len, 0x4000U);
  EXPECT_EQ(one.find(memory(0x10000, 0x4000)), 0U);
  EXPECT_EQ(one.find(memory(0x13fff, 1)), 0U);
  EXPECT_EQ(one.find(memory(0x10000, 0x4001)), std::nullopt);
  EXPECT_EQ(one.find(memory(0xffff, 1)), std::nullopt);
  EXPECT_EQ(one.find(memory(0xffff, 2)), std::nullopt);
  EXPECT_EQ(one.find(memory(0x14000, 1)), std::nullopt);
  EXPECT_EQ(one.find(memory(0x12000, SIZE_MAX)), std::nullopt) << "the end wraps";
}

TEST(registered_memory, of_several_regions) {
  const registered_memory two({{address(0x90000), 0x1000}, {address(0x10000), 0x1000}});
  EXPECT_EQ(two.bytes(), 0x2000U);
  EXPECT_EQ(two.find(memory(0x90010, 16)), 0U);
  EXPECT_EQ(two.find(memory(0x10010, 16)), 1U);
  EXPECT_EQ(two.find(memory(0x20000, 16)), std::nullopt);
}

TEST(registered_memory, large_regions_are_cut_and_what_crosses_a_cut_is_not_registered) {
  const std::uint64_t first = 0x10000;
  const std::uint64_t second = 1ULL << 40U;
  const registered_memory large({{address(first), 2 * piece + 4096}, {address(second), piece}});
  ASSERT_EQ(large.pieces().size(), 4U);
  EXPECT_EQ(large.pieces()[2].iov_len, 4096U);
  EXPECT_EQ(large.find(memory(first + piece - 1, 1)), 0U);
  EXPECT_EQ(large.find(memory(first + piece, piece)), 1U);
  EXPECT_EQ(large.find(memory(first + piece - 1, 2)), std::nullopt);
  EXPECT_EQ(large.find(memory(first + 2 * piece + 4095, 1)), 2U);
  EXPECT_EQ(large.find(memory(second, piece)), 3U);
}

} // namespace
} // namespace shardbridge::detail
