// Goal: blocks are aligned and never overlap, and an aligned range that is free is always found.
// Method: splitting and merging by hand; random programs with a printed seed against a list of units.
#include "seed.hpp"

#include <bridge/buddy_allocator.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using blocks = std::vector<std::uint32_t>;

blocks all_of(buddy_allocator& allocator, unsigned order) {
  blocks all;
  for (;;) {
    const auto block = allocator.allocate(order);
    if (!block) break;
    all.push_back(*block);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST(buddy_allocator, gives_out_all_it_has_in_any_size) {
  for (const auto& [order, expected] :
       {std::pair<unsigned, blocks>{0, {0, 1, 2, 3, 4, 5, 6, 7}}, {1, {0, 2, 4, 6}}, {2, {0, 4}}}) {
    buddy_allocator allocator(2, 2);
    EXPECT_EQ(all_of(allocator, order), expected);
  }
}

TEST(buddy_allocator, has_blocks_of_one_order_if_told_so) {
  buddy_allocator allocator(3, 0);
  EXPECT_EQ(all_of(allocator, 0), (blocks{0, 1, 2}));
  allocator.release(1, 0);
  EXPECT_EQ(allocator.allocate(0), 1U);
}

TEST(buddy_allocator, splits_the_smallest_block_that_suffices) {
  buddy_allocator allocator(2, 2);
  EXPECT_EQ(allocator.allocate(0), 0U);
  EXPECT_EQ(allocator.allocate(0), 1U) << "its buddy";
  EXPECT_EQ(allocator.allocate(1), 2U) << "the rest of that block";
  EXPECT_EQ(allocator.allocate(2), 4U) << "the other one is whole";
  EXPECT_EQ(allocator.allocate(0), std::nullopt);
}

TEST(buddy_allocator, merges_buddies) {
  buddy_allocator allocator(1, 2);
  ASSERT_EQ(all_of(allocator, 0), (blocks{0, 1, 2, 3}));
  allocator.release(3, 0);
  allocator.release(2, 0);
  EXPECT_EQ(allocator.allocate(2), std::nullopt);
  EXPECT_EQ(allocator.allocate(1), 2U);
  allocator.release(2, 1);
  allocator.release(0, 0);
  allocator.release(1, 0);
  EXPECT_EQ(allocator.allocate(2), 0U);
}

TEST(buddy_allocator, merges_no_neighbours_that_are_not_buddies) {
  buddy_allocator allocator(1, 2);
  ASSERT_EQ(all_of(allocator, 0), (blocks{0, 1, 2, 3}));
  allocator.release(1, 0);
  allocator.release(2, 0);
  EXPECT_EQ(allocator.allocate(1), std::nullopt);
}

TEST(buddy_allocator, merges_no_buddy_of_which_a_part_is_taken) {
  buddy_allocator allocator(1, 2);
  ASSERT_EQ(allocator.allocate(1), 0U);
  ASSERT_EQ(all_of(allocator, 0), (blocks{2, 3}));
  allocator.release(2, 0);
  allocator.release(0, 1);
  EXPECT_EQ(allocator.allocate(2), std::nullopt);
  EXPECT_EQ(allocator.allocate(1), 0U);
}

TEST(buddy_allocator, merges_nothing_above_the_largest_order) {
  buddy_allocator allocator(2, 1);
  ASSERT_EQ(all_of(allocator, 1), (blocks{0, 2}));
  allocator.release(0, 1);
  allocator.release(2, 1);
  EXPECT_EQ(all_of(allocator, 1), (blocks{0, 2}));
}

/// The obvious implementation: a list of units and a look at all places a block could be at.
class allocator_and_model {
 public:
  explicit allocator_and_model(std::uint64_t seed) : random_(seed) {}

  void step() {
    if (random_.roll(8) < (grows_ ? 5U : 3U))
      allocate(static_cast<unsigned>(random_.roll(largest_ + 1)));
    else if (!taken_.empty())
      release(random_.roll(taken_.size()));
    if (random_.one_in(50)) grows_ = !grows_;
  }

  void empty_it() {
    while (!taken_.empty())
      release(random_.roll(taken_.size()));
    blocks expected;
    for (std::uint32_t each = 0; each < count_; ++each)
      expected.push_back(each << largest_);
    EXPECT_EQ(all_of(allocator_, largest_), expected) << "everything is whole again";
  }

 private:
  struct taken {
    std::uint32_t block;
    unsigned order;
  };

  void allocate(unsigned order) {
    const std::uint32_t size = 1U << order;
    bool room = false;
    for (std::uint32_t place = 0; place < used_.size(); place += size)
      room = room || is_free(place, size);
    const auto block = allocator_.allocate(order);
    ASSERT_EQ(block.has_value(), room) << "of order " << order;
    if (!block) return;
    ASSERT_EQ(*block % size, 0U);
    ASSERT_LE(*block + size, used_.size());
    ASSERT_TRUE(is_free(*block, size)) << "overlaps at " << *block;
    mark(*block, size, true);
    taken_.push_back({*block, order});
  }
  void release(std::size_t which) {
    const taken back = taken_[which];
    taken_[which] = taken_.back();
    taken_.pop_back();
    mark(back.block, 1U << back.order, false);
    allocator_.release(back.block, back.order);
  }
  [[nodiscard]] bool is_free(std::uint32_t block, std::uint32_t size) const {
    const auto begin = used_.begin() + block;
    return std::find(begin, begin + size, true) == begin + size;
  }
  void mark(std::uint32_t block, std::uint32_t size, bool used) { std::fill_n(used_.begin() + block, size, used); }

  dice random_;
  unsigned largest_ = static_cast<unsigned>(random_.roll(6));
  std::uint32_t count_ = 1 + static_cast<std::uint32_t>(random_.roll(5));
  buddy_allocator allocator_{count_, largest_};
  std::vector<bool> used_ = std::vector<bool>(std::size_t{count_} << largest_);
  std::vector<taken> taken_;
  bool grows_ = true;
};

TEST(buddy_allocator, does_what_a_list_of_units_does) {
  const std::uint64_t seed = test_seed();
  for (std::uint64_t program = 0; program < 500 && !testing::Test::HasFailure(); ++program) {
    TRACE_SEED(seed + program);
    allocator_and_model both(seed + program);
    for (int step = 0; step < 400 && !testing::Test::HasFatalFailure(); ++step)
      both.step();
    if (!testing::Test::HasFatalFailure()) both.empty_it();
  }
}

} // namespace
} // namespace shardbridge::detail
