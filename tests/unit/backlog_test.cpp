// Goal: whose turn it is among the operations that wait for a slot: first come, first served within a bridge, a
// priority and a kind; seven high ones for a normal one; one operation a bridge; patient ones only when they may.
// Method: queues filled by hand and emptied in full, so that each test shows the whole order. Random programs are in
// backlog_random_test.cpp.
#include "backlog_fixture.hpp"

#include <algorithm>

namespace shardbridge::detail {
namespace {

using named = backlog_test::named;

/// Whether all of `part` are in `whole`, in that order.
bool is_part_of(const named& part, const named& whole) {
  auto next = part.begin();
  for (const operation* const op : whole)
    if (next != part.end() && *next == op) ++next;
  return next == part.end();
}

TEST_F(backlog_test, is_empty_at_first) {
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.size(), 0U);
  EXPECT_EQ(waiting.pop(true), nullptr);
}

TEST_F(backlog_test, of_one_bridge_goes_in_the_order_of_arrival) {
  const named pushed = push(5, a);
  EXPECT_EQ(waiting.size(), 5U);
  EXPECT_EQ(pushed[4]->where, operation::place::backlog);
  EXPECT_EQ(pop_all(), pushed);
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(pushed[4]->where, operation::place::nowhere);
}

TEST_F(backlog_test, gives_each_bridge_its_turn) {
  const named of_a = push(4, a);
  const named of_b = push(2, b);
  const named of_c = push(3, c);
  EXPECT_EQ(pop_all(), (named{of_a[0], of_b[0], of_c[0], of_a[1], of_b[1], of_c[1], of_a[2], of_c[2], of_a[3]}));
}

TEST_F(backlog_test, of_a_thousand_does_not_hold_up_the_one_of_another_bridge) {
  push(1000, a);
  for (int round = 0; round < 50; ++round) {
    const named one = push(1, b);
    const named next = pop(2);
    EXPECT_EQ(std::count(next.begin(), next.end(), one[0]), 1) << "one of the thousand at most goes before it";
  }
  EXPECT_EQ(waiting.size(), 950U);
}

TEST_F(backlog_test, lets_seven_high_ones_go_for_a_normal_one) {
  const named normal = push(3, a);
  const named high = push(16, a, priority::high);
  named expected;
  for (std::size_t each = 0; each < high.size(); ++each) {
    expected.push_back(high[each]);
    if (each % 7 == 6) expected.push_back(normal[each / 7]);
  }
  expected.push_back(normal[2]);
  EXPECT_EQ(pop_all(), expected);
}

TEST_F(backlog_test, counts_the_high_ones_only_while_normal_ones_wait) {
  const named high = push(30, a, priority::high);
  EXPECT_EQ(pop(20), named(high.begin(), high.begin() + 20));
  const named normal = push(1, b);
  EXPECT_EQ(pop(7), named(high.begin() + 20, high.begin() + 27));
  EXPECT_EQ(pop(1), normal);
}

TEST_F(backlog_test, gives_each_bridge_its_turn_within_a_priority) {
  const named normal = push(2, a);
  const named high_of_a = push(2, a, priority::high);
  const named high_of_b = push(2, b, priority::high);
  EXPECT_EQ(pop_all(), (named{high_of_a[0], high_of_b[0], high_of_a[1], high_of_b[1], normal[0], normal[1]}));
}

TEST_F(backlog_test, passes_over_patient_ones_that_may_not_start) {
  const named reads = push_patient(2, a);
  const named writes = push(2, a);
  const named of_b = push(1, b);
  EXPECT_EQ(pop_all(false), (named{writes[0], of_b[0], writes[1]}));
  EXPECT_EQ(waiting.pop(false), nullptr);
  EXPECT_EQ(waiting.size(), 2U);
  EXPECT_EQ(pop_all(), reads);
}

TEST_F(backlog_test, gives_patient_ones_a_turn_of_their_own) {
  const named reads = push_patient(2, a);
  const named writes = push(2, a);
  const named of_b = push(2, b);
  EXPECT_EQ(pop_all(), (named{reads[0], writes[0], of_b[0], reads[1], writes[1], of_b[1]}));
}

TEST_F(backlog_test, lets_normal_ones_go_while_high_ones_may_not) {
  const named reads = push_patient(2, a, priority::high);
  const named writes = push(3, a);
  EXPECT_EQ(pop_all(false), writes);
  EXPECT_EQ(pop_all(), reads);
}

// A slot for a patient one comes free, then one for another, and so on, as where a write satisfies each read: whoever
// was passed over must not miss its turn by that, or one bridge's reads would be passed over for ever.
TEST_F(backlog_test, remembers_whose_turn_was_passed_over) {
  const named reads_of_a = push_patient(10, a);
  push(10, b);
  const named reads_of_c = push_patient(10, c);
  named patient;
  for (int each = 0; each < 10; ++each) {
    EXPECT_FALSE(waiting.pop(false)->patient);
    patient.push_back(waiting.pop(true));
  }
  for (const named& each : {reads_of_a, reads_of_c})
    EXPECT_GE(std::count_if(patient.begin(), patient.end(), [&](auto* op) { return op->joined == each[0]->joined; }), 3)
        << "of one bridge";
}

TEST_F(backlog_test, lets_what_was_put_back_go_first) {
  const named normal = push(2, a);
  const named of_a = push(8, a, priority::high);
  const named of_b = push(1, b, priority::high);
  named order;
  // The SQ is full at every second attempt.
  while (operation* const first = waiting.pop(true)) {
    waiting.put_back(*first);
    EXPECT_EQ(first->where, operation::place::backlog);
    order.push_back(waiting.pop(true));
    EXPECT_EQ(order.back(), first);
  }
  EXPECT_EQ(order, (named{of_a[0], of_b[0], of_a[1], of_a[2], of_a[3], of_a[4], of_a[5], normal[0], of_a[6], of_a[7],
                          normal[1]}));
}

TEST_F(backlog_test, forgets_what_is_erased) {
  const named of_a = push(3, a);
  const named of_b = push(3, b);
  waiting.erase(*of_a[1]);
  EXPECT_EQ(of_a[1]->where, operation::place::nowhere);
  EXPECT_EQ(waiting.size(), 5U);
  EXPECT_EQ(pop_all(), (named{of_a[0], of_b[0], of_a[2], of_b[1], of_b[2]}));
}

TEST_F(backlog_test, goes_on_with_the_next_bridge_when_the_last_of_one_is_erased) {
  for (std::size_t erased = 0; erased < 3; ++erased) {
    // `before`: how many have gone, so that the erased one's bridge is in each place.
    for (std::size_t before = 0; before < 3; ++before) {
      std::array all{push(2, a), push(2, b), push(2, c)};
      const named gone = pop(before);
      for (operation* const op : all[erased])
        if (op->where == operation::place::backlog) waiting.erase(*op);
      named expected;
      for (std::size_t each = before; each < 6; ++each)
        if (each % 3 != erased) expected.push_back(all[each % 3][each / 3]);
      EXPECT_EQ(pop_all(), expected) << erased << " is erased, " << before << " have gone";
    }
  }
}

TEST_F(backlog_test, takes_out_all_that_match) {
  const named of_a = push(3, a);
  const named patient = push_patient(2, a);
  const named high = push(2, a, priority::high);
  const named of_b = push(3, b);
  operation_list out;
  waiting.take_if([&](const operation& op) { return op.joined == &*a; }, out);
  EXPECT_EQ(out.size(), 7U);
  named taken;
  while (operation* const op = out.pop_front()) {
    EXPECT_EQ(op->where, operation::place::nowhere);
    taken.push_back(op);
  }
  for (const named& each : {of_a, patient, high})
    EXPECT_TRUE(is_part_of(each, taken));
  EXPECT_EQ(pop_all(), of_b);
  waiting.take_if([](const operation&) { return true; }, out);
  EXPECT_TRUE(out.empty());
}

TEST_F(backlog_test, keeps_the_turns_of_those_that_do_not_match) {
  const named of_a = push(3, a);
  const named of_b = push(3, b);
  const named of_c = push(3, c);
  EXPECT_EQ(pop(1), named{of_a[0]});
  operation_list out;
  waiting.take_if([&](const operation& op) { return &op == of_b[1] || op.joined == &*a; }, out);
  EXPECT_EQ(out.size(), 3U);
  EXPECT_EQ(pop_all(), (named{of_b[0], of_c[0], of_b[2], of_c[1], of_c[2]}));
}

} // namespace
} // namespace shardbridge::detail
