// Goal: whatever can happen to a block is seen. Method: blocks that are spoilt in each way, against books that were
// stepped through what led there.
#include "../decisions/block_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace shardbridge::soak {
namespace {

using bytes = std::array<std::byte, block_bytes>;

bytes made(const stamp& what) {
  bytes out;
  fill(out, what);
  return out;
}

std::string fault(const bytes& seen, std::span<const stamp> candidates) {
  return fault_in(seen, candidates).value_or("");
}

TEST(a_block, is_what_was_written) {
  const stamp what{3, 17, 5};
  EXPECT_EQ(fault(made(what), std::span(&what, 1)), "");
}

TEST(a_block, of_another_generation_is_a_lost_or_doubled_write) {
  const stamp wanted{3, 17, 5};
  const std::string told = fault(made({3, 17, 4}), std::span(&wanted, 1));
  EXPECT_NE(told.find("generation 4 of block 17 of file 3 where generation 5"), std::string::npos) << told;
}

TEST(a_block, of_another_place_or_file_is_seen) {
  const stamp wanted{3, 17, 5};
  EXPECT_NE(fault(made({3, 18, 5}), std::span(&wanted, 1)), "");
  EXPECT_NE(fault(made({4, 17, 5}), std::span(&wanted, 1)), "");
}

TEST(a_block, with_any_byte_changed_is_seen) {
  const stamp what{3, 17, 5};
  for (std::size_t byte = 0; byte < block_bytes; ++byte) {
    bytes spoilt = made(what);
    spoilt[byte] ^= std::byte{1};
    const std::string told = fault(spoilt, std::span(&what, 1));
    EXPECT_NE(told.find("wrong from byte " + std::to_string(byte)), std::string::npos) << told;
  }
  EXPECT_NE(fault(bytes{}, std::span(&what, 1)).find("without a valid head"), std::string::npos);
}

TEST(a_block, that_is_torn_is_seen_unless_a_write_of_it_failed) {
  const std::array both{stamp{3, 17, 5}, stamp{3, 17, 6}};
  bytes torn = made(both[0]);
  const bytes later = made(both[1]);
  std::copy_n(later.begin(), 1000, torn.begin());
  EXPECT_NE(fault(torn, std::span(both).first(1)), "");
  EXPECT_NE(fault(torn, std::span(both).last(1)), "");
  EXPECT_EQ(fault(torn, both), "");
  const bytes third = made({3, 17, 7});
  std::copy_n(third.begin() + 2000, 100, torn.begin() + 2000);
  EXPECT_NE(fault(torn, both), "") << "a failed write does not explain everything";
}

bool may_be(const block_book& book, std::uint32_t block, const stamp& what) {
  const auto all = book.candidates(block);
  return std::find(all.begin(), all.end(), what) != all.end();
}

TEST(a_book, knows_what_is_there_after_each_fate) {
  block_book book(1, 4);
  EXPECT_TRUE(book.settled(0, 4));
  EXPECT_EQ(book.next(2), (stamp{1, 2, 1}));
  book.written(2, 1, fate::done);
  EXPECT_TRUE(book.settled(0, 4));
  EXPECT_TRUE(may_be(book, 2, {1, 2, 1}));
  EXPECT_FALSE(may_be(book, 2, {1, 2, 0})) << "a lost write is seen";
  book.written(2, 1, fate::not_done);
  EXPECT_TRUE(book.settled(2, 1));
  EXPECT_FALSE(may_be(book, 2, {1, 2, 2})) << "a write that was refused must not be there";
  EXPECT_EQ(book.next(2).generation, 3U) << "a generation is never used twice";
  book.written(2, 1, fate::unknown);
  EXPECT_FALSE(book.settled(2, 1));
  EXPECT_FALSE(book.closed(0, 4));
  EXPECT_TRUE(may_be(book, 2, {1, 2, 1}));
  EXPECT_TRUE(may_be(book, 2, {1, 2, 3}));
  book.written(2, 1, fate::done);
  EXPECT_TRUE(book.settled(2, 1));
  EXPECT_EQ(book.candidates(2).size(), 1U);
}

TEST(a_book, closes_what_may_still_be_written) {
  block_book book(1, 4);
  book.written(1, 2, fate::late);
  EXPECT_TRUE(book.closed(2, 2));
  EXPECT_FALSE(book.closed(3, 1));
  book.reopen();
  EXPECT_FALSE(book.closed(0, 4));
  EXPECT_FALSE(book.settled(1, 1)) << "nobody knows whether it was";
}

TEST(a_book, knows_copies_by_what_they_are_of) {
  block_book book(1, 4);
  book.written(0, 1, fate::done);
  book.copied(0, 3, 1, fate::done);
  EXPECT_TRUE(may_be(book, 3, {1, 0, 1}));
  EXPECT_FALSE(may_be(book, 3, {1, 3, 0}));
  book.copied(1, 3, 1, fate::unknown);
  EXPECT_EQ(book.candidates(3).size(), 2U);
}

} // namespace
} // namespace shardbridge::soak
