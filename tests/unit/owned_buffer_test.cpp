// Goal: each buffer owns memory of its own, as long as it lives and not longer. Method: pools that a few buffers fill.
#include "buffer_pool_fixture.hpp"

#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace shardbridge {
namespace {

static_assert(!std::is_copy_constructible_v<owned_buffer> && !std::is_copy_assignable_v<owned_buffer>);
static_assert(std::is_nothrow_move_constructible_v<owned_buffer> && std::is_nothrow_move_assignable_v<owned_buffer>);

TEST(owned_buffer, owns_nothing_at_first) {
  owned_buffer buffer;
  expect_none(buffer);
  buffer.resize(0);
  EXPECT_THROW(buffer.resize(1), std::length_error);
  buffer.reset();
  expect_none(buffer);
}

TEST(owned_buffer, has_the_size_asked_for_and_the_capacity_above_it) {
  buffer_pool pool;
  for (const auto& [bytes, capacity] : {std::pair<std::size_t, std::size_t>{0, 4096},
                                        {1, 4096},
                                        {4096, 4096},
                                        {4097, 8192},
                                        {12288, 16384},
                                        {std::size_t{1} << 20U, std::size_t{1} << 20U}}) {
    const owned_buffer buffer = pool.allocate(bytes);
    EXPECT_TRUE(buffer) << bytes;
    EXPECT_EQ(buffer.size(), bytes);
    EXPECT_EQ(buffer.capacity(), capacity);
    EXPECT_EQ(buffer.span().data(), buffer.data());
    EXPECT_EQ(buffer.span().size(), bytes);
    expect_in_use(pool, 1, capacity);
  }
  expect_in_use(pool, 0, 0);
}

TEST(owned_buffer, is_resized_up_to_its_capacity) {
  buffer_pool pool;
  owned_buffer buffer = pool.allocate(5000);
  fill(buffer, std::byte{7});
  const std::byte* const data = buffer.data();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{8192}, std::size_t{1}}) {
    buffer.resize(bytes);
    EXPECT_EQ(buffer.size(), bytes);
    EXPECT_EQ(buffer.span().size(), bytes);
  }
  EXPECT_EQ(refusal<std::length_error>([&] { buffer.resize(8193); }),
            "owned_buffer::resize: more bytes than the buffer's capacity");
  EXPECT_EQ(buffer.size(), 1U);
  EXPECT_EQ(buffer.capacity(), 8192U);
  EXPECT_EQ(buffer.data(), data);
  EXPECT_TRUE(is_filled(buffer, std::byte{7}));
}

TEST(owned_buffer, is_moved_with_its_memory) {
  buffer_pool pool;
  owned_buffer first = pool.allocate(5000);
  const std::byte* const data = first.data();
  owned_buffer second = std::move(first);
  expect_none(first); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(second.size(), 5000U);
  EXPECT_EQ(second.capacity(), 8192U);
  expect_in_use(pool, 1, 8192);
}

TEST(owned_buffer, gives_back_what_is_assigned_over) {
  buffer_pool pool;
  owned_buffer old = pool.allocate(4096);
  owned_buffer taken = pool.allocate(10000);
  const std::byte* const data = taken.data();
  old = std::move(taken);
  expect_none(taken); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(old.data(), data);
  EXPECT_EQ(old.size(), 10000U);
  EXPECT_EQ(old.capacity(), 16384U);
  expect_in_use(pool, 1, 16384);

  owned_buffer& itself = old;
  old = std::move(itself);
  EXPECT_EQ(old.data(), data);
  expect_in_use(pool, 1, 16384);

  old = owned_buffer();
  expect_none(old);
  expect_in_use(pool, 0, 0);
}

TEST(owned_buffer, is_reset_once) {
  buffer_pool pool;
  const owned_buffer other = pool.allocate(1);
  owned_buffer buffer = pool.allocate(1);
  buffer.reset();
  buffer.reset();
  expect_none(buffer);
  expect_in_use(pool, 1, 4096);
}

TEST(owned_buffer, outlives_its_pool) {
  std::optional<buffer_pool> pool(four_of_4k);
  owned_buffer first = pool->allocate(4096);
  owned_buffer second = pool->allocate(4096);
  fill(first, std::byte{1});
  pool.reset();
  fill(second, std::byte{2});
  EXPECT_TRUE(is_filled(first, std::byte{1}));
  first.reset();
  EXPECT_TRUE(is_filled(second, std::byte{2}));
}

} // namespace
} // namespace shardbridge
