// Goal: what is put in a mailbox comes out once, in order, and one at a time has the duty to take it. Method: stepped,
// then threads that put numbered operations, of which whoever is given the duty takes what is there.
#include "test_operation.hpp"

#include <asio_side/mailbox.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using put_result = mailbox::put_result;

std::vector<operation*> all_in(mailbox& box) {
  std::vector<operation*> out;
  while (operation* const op = box.take())
    out.push_back(op);
  return out;
}

TEST(mailbox, gives_the_duty_to_the_first_and_again_after_a_rest) {
  mailbox box;
  std::array<test_operation, 4> ops;
  EXPECT_EQ(box.put(ops[0]), put_result::duty);
  EXPECT_EQ(box.put(ops[1]), put_result::queued);
  EXPECT_FALSE(box.rest()) << "there is something to take";
  EXPECT_EQ(box.take(), &ops[0]);
  EXPECT_FALSE(box.rest()) << "taken from the others, but not given out";
  EXPECT_EQ(box.put(ops[2]), put_result::queued);
  EXPECT_EQ(all_in(box), (std::vector<operation*>{&ops[1], &ops[2]}));
  EXPECT_EQ(box.take(), nullptr);
  EXPECT_TRUE(box.rest());
  EXPECT_EQ(box.put(ops[3]), put_result::duty);
  EXPECT_EQ(all_in(box), (std::vector<operation*>{&ops[3]}));
}

TEST(mailbox, that_is_shut_takes_nothing_and_gives_out_what_it_has) {
  mailbox box;
  std::array<test_operation, 5> ops;
  for (std::size_t each = 0; each < 3; ++each)
    EXPECT_NE(box.put(ops[each]), put_result::shut);
  EXPECT_EQ(box.take(), &ops[0]);
  EXPECT_EQ(box.put(ops[3]), put_result::queued);
  box.shut();
  EXPECT_EQ(box.put(ops[4]), put_result::shut);
  EXPECT_EQ(all_in(box).size(), 3U);
  EXPECT_TRUE(box.rest());
  EXPECT_EQ(box.put(ops[4]), put_result::shut);
  box.shut();
  EXPECT_TRUE(all_in(box).empty());
}

TEST(mailbox, keeps_the_order_of_each_of_many_threads) {
  constexpr std::size_t threads = 3;
  constexpr std::size_t puts = 5000;
  mailbox box;
  std::array<std::deque<test_operation>, threads> ops;
  std::array<std::uint64_t, threads> seen{}; // unguarded: who has the duty's
  std::uint64_t disorder = 0;
  std::vector<std::jthread> putting;
  for (std::size_t each = 0; each < threads; ++each) {
    for (std::size_t number = 0; number < puts; ++number) {
      test_operation& op = ops[each].emplace_back();
      op.shard_index = static_cast<std::uint32_t>(each);
      op.offset = number;
    }
  }
  for (std::size_t each = 0; each < threads; ++each)
    putting.emplace_back([&, each] {
      for (test_operation& op : ops[each]) {
        if (box.put(op) != put_result::duty) continue;
        while (!box.rest()) {
          const operation& taken = *box.take();
          if (seen[taken.shard_index]++ != taken.offset) ++disorder;
        }
      }
    });
  putting.clear();
  EXPECT_EQ(disorder, 0U);
  for (const std::uint64_t each : seen)
    EXPECT_EQ(each, puts);
}

} // namespace
} // namespace shardbridge::detail
