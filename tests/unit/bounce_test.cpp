// Goal: what is not aligned is made so where that can be done, and the user gets the bytes that were asked for.
// Method: ranges by hand and at random (the seed is printed), a transfer of the range played on a file in memory.
#include "printers.hpp"
#include "seed.hpp"

#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/transfer_check.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

constexpr std::uint64_t sector = 512;
constexpr std::uint64_t largest = 4096;

class bounces : public testing::Test {
 protected:
  bounces() {
    file->regular = true;
    file->offset_alignment = sector;
    file->memory_alignment = sector;
  }
  ~bounces() override { EXPECT_EQ(file->release(), nullptr); }

  std::optional<op_result> check(op_code code, std::uint64_t offset, std::vector<iovec> buffers) {
    by_way_of.reset();
    return check_transfer(*file, code, offset, buffers, by_way_of);
  }
  static iovec piece(std::size_t at, std::size_t size) { return {memory.data() + at, size}; }

  alignas(4096) static inline std::array<char, 4 * largest> memory{};
  static constexpr op_result misaligned = op_result::of(errc::misaligned);
  descriptor* const file = new descriptor;
  buffer_pool pool{{.bytes = 2 * largest, .largest = largest, .smallest = sector}};
  std::unique_ptr<bounce> by_way_of;
};

TEST_F(bounces, what_is_aligned_goes_as_it_is) {
  for (const bool with_pool : {false, true}) {
    if (with_pool) file->bounce_pool = pool.memory();
    EXPECT_EQ(check(op_code::read, 3 * sector, {piece(0, sector), piece(4 * sector, 2 * sector)}), std::nullopt);
    EXPECT_EQ(check(op_code::write, 0, {piece(sector, sector)}), std::nullopt);
    EXPECT_EQ(by_way_of, nullptr);
    EXPECT_EQ(check(op_code::read, 1, {}), op_result{}) << "nothing to move has no alignment";
  }
  file->offset_alignment = file->memory_alignment = 1;
  EXPECT_EQ(check(op_code::read, 3, {piece(5, 7)}), std::nullopt);
  EXPECT_EQ(by_way_of, nullptr);
}

TEST_F(bounces, without_a_pool_what_is_not_aligned_fails) {
  for (const op_code code : {op_code::read, op_code::write}) {
    EXPECT_EQ(check(code, 1, {piece(0, sector)}), misaligned);
    EXPECT_EQ(check(code, 0, {piece(0, sector), piece(sector, 5)}), misaligned);
    EXPECT_EQ(check(code, 0, {piece(0, sector), piece(sector + 8, sector)}), misaligned);
  }
}

TEST_F(bounces, a_write_goes_by_way_only_where_nothing_around_it_must_be_read) {
  file->bounce_pool = pool.memory();
  EXPECT_EQ(check(op_code::write, 1, {piece(0, sector)}), misaligned);
  EXPECT_EQ(check(op_code::write, 0, {piece(0, 5)}), misaligned);
  std::memcpy(memory.data() + 3, "abc", 3);
  EXPECT_EQ(check(op_code::write, sector, {piece(3, 200), piece(1000, 312)}), std::nullopt);
  ASSERT_NE(by_way_of, nullptr);
  EXPECT_EQ(by_way_of->offset(), sector);
  EXPECT_EQ(by_way_of->whole().iov_len, sector);
  EXPECT_EQ(std::memcmp(by_way_of->whole().iov_base, memory.data() + 3, 200), 0);
}

TEST_F(bounces, a_pool_without_room_says_so) {
  file->bounce_pool = pool.memory();
  const owned_buffer first = pool.allocate(largest);
  const owned_buffer second = pool.allocate(largest);
  EXPECT_EQ(check(op_code::read, 1, {piece(0, 5)}), (op_result{result_kind::system_error, ENOMEM, 0}));
}

TEST_F(bounces, a_pool_that_is_not_aligned_enough_is_none) {
  file->bounce_pool = pool.memory();
  file->offset_alignment = 2 * largest;
  EXPECT_EQ(check(op_code::read, 1, {piece(0, 5)}), misaligned);
}

TEST_F(bounces, a_buffer_that_stayed_with_the_kernel_leaves_the_users_memory_alone) {
  file->bounce_pool = pool.memory();
  memory[0] = 'k';
  const std::vector<iovec> user{piece(0, 5)};
  EXPECT_EQ(check_transfer(*file, op_code::read, 1, user, by_way_of), std::nullopt);
  const owned_buffer left = std::move(by_way_of->buffer());
  op_result late = op_result::of(errc::expired_in_flight);
  by_way_of->finish(op_code::read, late, user);
  EXPECT_EQ(late, op_result::of(errc::expired_in_flight));
  EXPECT_EQ(memory[0], 'k');
}

TEST_F(bounces, random_reads_give_what_the_file_has_there) {
  const std::uint64_t seed = test_seed();
  TRACE_SEED(seed);
  dice random(seed);
  file->bounce_pool = pool.memory();
  std::string contents(5000, '\0');
  std::ranges::generate(contents, [&] { return static_cast<char>(random.roll(256)); });
  for (int times = 0; times < 20000 && !HasFailure(); ++times) {
    const std::uint64_t offset = random.roll(5100);
    std::vector<iovec> user;
    std::uint64_t asked = 0;
    for (std::uint64_t count = 1 + random.roll(3); count > 0; --count) {
      user.push_back(piece(asked, random.roll(3000)));
      asked += user.back().iov_len;
    }
    std::ranges::fill(memory, 'u');
    if (check_transfer(*file, op_code::read, offset, user, by_way_of) || !by_way_of) continue;
    const iovec whole = by_way_of->whole();
    ASSERT_EQ(by_way_of->offset() % sector, 0U);
    ASSERT_EQ(whole.iov_len % sector, 0U);
    ASSERT_LE(whole.iov_len, largest);
    // The kernel's part.
    const std::uint64_t from = std::min<std::uint64_t>(by_way_of->offset(), contents.size());
    const std::uint64_t moved = std::min<std::uint64_t>(whole.iov_len, contents.size() - from);
    std::memcpy(whole.iov_base, contents.data() + from, moved);
    op_result result{moved > 0 ? result_kind::success : result_kind::end_of_file, 0, moved};
    by_way_of->finish(op_code::read, result, user);

    const std::uint64_t there = contents.size() - std::min<std::uint64_t>(offset, contents.size());
    ASSERT_EQ(result.kind, there == 0 ? result_kind::end_of_file : result_kind::success);
    ASSERT_LE(result.value, std::min(asked, there));
    if (there > 0) {
      ASSERT_GE(result.value, std::min({asked, there, largest - sector}));
    }
    ASSERT_TRUE(std::string_view(memory.data(), result.value) ==
                std::string_view(contents).substr(contents.size() - there, result.value))
        << result.value << " bytes at " << offset;
    ASSERT_TRUE(std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(result.value), memory.end(), [](char each) {
      return each == 'u';
    })) << "what was not read stays";
  }
}

} // namespace
} // namespace shardbridge::detail
