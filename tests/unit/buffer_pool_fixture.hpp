// What the tests of pools and of their buffers share.
#pragma once

#include <shardbridge/buffer_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace shardbridge {

inline constexpr buffer_pool_options four_of_4k{.bytes = 16384, .largest = 16384, .smallest = 4096};

inline bool aligned(const owned_buffer& buffer, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(buffer.data()) % alignment == 0;
}
inline void fill(owned_buffer& buffer, std::byte with) {
  std::fill_n(buffer.data(), buffer.capacity(), with);
}
inline bool is_filled(const owned_buffer& buffer, std::byte with) {
  return std::all_of(buffer.data(), buffer.data() + buffer.capacity(), [&](std::byte each) { return each == with; });
}
inline void expect_in_use(const buffer_pool& pool, std::uint64_t buffers, std::uint64_t bytes) {
  EXPECT_EQ(pool.stats().buffers_in_use, buffers);
  EXPECT_EQ(pool.stats().bytes_in_use, bytes);
}
inline void expect_none(const owned_buffer& buffer) {
  // Also what is left of one moved from. NOLINTBEGIN(clang-analyzer-cplusplus.Move)
  EXPECT_FALSE(buffer);
  EXPECT_EQ(buffer.data(), nullptr);
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.capacity(), 0U);
  EXPECT_TRUE(buffer.span().empty());
  // NOLINTEND(clang-analyzer-cplusplus.Move)
}

/// The sentence with which `call` throws `Error`.
template <class Error, class Call>
std::string refusal(Call call) {
  try {
    call();
    return "nothing was thrown";
  } catch (const Error& error) {
    return error.what();
  }
}

} // namespace shardbridge
