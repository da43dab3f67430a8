// Goal: no wrong block passes, and no right one is called wrong.
// Method: blocks damaged in every way that storage damages them; the ledger's rules for writes whose outcome is not
// known.

#include "common/block_format.hpp"
#include "common/block_ledger.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <vector>

namespace shardbridge::bench {
namespace {

std::vector<std::byte> make_block(std::size_t size, std::uint64_t offset, std::uint32_t version = 1) {
  std::vector<std::byte> block(size);
  fill_block(block, offset, 7, version);
  return block;
}

TEST(block_format, a_filled_block_is_good) {
  for (const std::size_t size : {64U, 512U, 4096U, 4099U, 131072U}) {
    const auto check = check_block(make_block(size, 8192, 3), 8192);
    EXPECT_EQ(check.state, block_state::good) << size;
    EXPECT_EQ(check.header.version, 3U);
    EXPECT_EQ(check.header.seed, 7U);
  }
}

TEST(block_format, a_block_of_another_place_is_found) {
  const auto check = check_block(make_block(4096, 4096), 8192);
  EXPECT_EQ(check.state, block_state::bad_offset);
  EXPECT_EQ(describe(check, 8192), "the block at 8192 says it belongs to 4096");
}

TEST(block_format, a_block_of_another_size_is_found) {
  auto large = make_block(8192, 0);
  large.resize(4096);
  EXPECT_EQ(check_block(large, 0).state, block_state::bad_length);
}

TEST(block_format, zeroes_are_found) {
  EXPECT_EQ(check_block(std::vector<std::byte>(4096), 0).state, block_state::bad_magic);
}

TEST(block_format, any_flipped_bit_is_found) {
  const auto good = make_block(256, 512);
  for (std::size_t bit = 0; bit != good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_NE(check_block(bad, 512).state, block_state::good) << bit;
  }
}

TEST(block_format, a_torn_block_is_found) {
  const auto before = make_block(4096, 0, 1);
  const auto after = make_block(4096, 0, 2);
  for (std::size_t torn = 512; torn != 4096; torn += 512) {
    auto mixed = after;
    std::copy(before.begin() + static_cast<std::ptrdiff_t>(torn), before.end(),
              mixed.begin() + static_cast<std::ptrdiff_t>(torn));
    EXPECT_EQ(check_block(mixed, 0).state, block_state::bad_checksum) << torn;
  }
}

TEST(block_ledger, a_claimed_block_has_one_user) {
  auto ledger = block_ledger::create(4);
  EXPECT_TRUE(ledger.try_claim(2));
  EXPECT_FALSE(ledger.try_claim(2));
  EXPECT_TRUE(ledger.try_claim(3));
  ledger.release(2);
  EXPECT_TRUE(ledger.try_claim(2));
}

TEST(block_ledger, a_block_never_seen_may_hold_anything) {
  auto ledger = block_ledger::create(1);
  EXPECT_TRUE(ledger.accept_read(0, 41));
  EXPECT_TRUE(ledger.accept_read(0, 41));
  EXPECT_FALSE(ledger.accept_read(0, 40));
}

TEST(block_ledger, a_write_that_completed_is_there) {
  auto ledger = block_ledger::create(1);
  EXPECT_EQ(ledger.next_version(0), 1U);
  ledger.written(0, 1);
  EXPECT_EQ(ledger.next_version(0), 2U);
  ledger.written(0, 2);
  EXPECT_FALSE(ledger.accept_read(0, 1)) << "a lost write";
}

TEST(block_ledger, a_write_in_doubt_leaves_old_or_new_until_read) {
  auto ledger = block_ledger::create(2);
  for (const std::uint64_t block : {0U, 1U}) {
    ledger.written(block, 1);
    ledger.perhaps_written(block, 2);
    ledger.perhaps_written(block, 3);
  }
  EXPECT_TRUE(ledger.accept_read(0, 1));
  EXPECT_FALSE(ledger.accept_read(0, 3)) << "a read has told that it is not there";
  EXPECT_TRUE(ledger.accept_read(1, 2));
  EXPECT_TRUE(ledger.accept_read(1, 2));
}

TEST(block_ledger, a_write_in_doubt_says_nothing_of_a_block_never_seen) {
  auto ledger = block_ledger::create(1);
  ledger.perhaps_written(0, 1);
  EXPECT_TRUE(ledger.accept_read(0, 99));
}

TEST(block_ledger, is_shared_through_its_descriptor) {
  auto ledger = block_ledger::create(8);
  auto other = block_ledger::attach(::fcntl(ledger.descriptor(), F_DUPFD_CLOEXEC, 0), 8);
  ledger.written(5, 4);
  EXPECT_EQ(other.next_version(5), 5U);
  EXPECT_TRUE(other.try_claim(5));
  EXPECT_FALSE(ledger.try_claim(5));
}

} // namespace
} // namespace shardbridge::bench
