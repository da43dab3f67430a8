// Goal: a token names one use of one slot and nothing else; a share of the slots is never given to what may wait for
// ever.
// Method: pack and unpack at the limits of each field; uses of a slot that follow one another; tables filled by each
// kind of operation.
#include "printers.hpp"
#include "test_operation.hpp"

#include <shard_side/slot_table.hpp>

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

TEST(token, survives_packing_at_the_limits_of_its_fields) {
  for (const std::uint32_t generation : {0U, 1U, 0x7fffffffU, 0xffffffffU}) {
    for (const std::uint32_t index : {0U, 1U, slot_table::capacity_limit - 1}) {
      for (const cqe_kind kind : {cqe_kind::operation, cqe_kind::timeout, cqe_kind::cancel, cqe_kind::wake}) {
        const token out = token::unpack(token{generation, index, kind}.pack());
        EXPECT_EQ(out.generation(), generation);
        EXPECT_EQ(out.index(), index);
        EXPECT_EQ(out.kind(), kind);
      }
    }
  }
}

TEST(token, of_another_kind_differs_in_the_kind_alone) {
  const token operation{9, 5, cqe_kind::operation};
  EXPECT_EQ(operation.as(cqe_kind::timeout).pack(), (token{9, 5, cqe_kind::timeout}.pack()));
  EXPECT_NE(operation.as(cqe_kind::timeout).pack(), operation.pack());
}

TEST(slot_table, gives_each_slot_once) {
  slot_table table(3);
  EXPECT_EQ(table.capacity(), 3U);
  test_operation op;
  std::set<std::uint32_t> given;
  while (!table.full())
    given.insert(table.acquire(op));
  EXPECT_EQ(given, (std::set<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(table.in_use(), 3U);
  table.release(1);
  EXPECT_FALSE(table.full());
  EXPECT_EQ(table.acquire(op), 1U);
}

TEST(slot_table, begins_every_use_afresh) {
  slot_table table(1);
  test_operation first(op_code::open);
  const std::uint32_t index = table.acquire(first);
  EXPECT_EQ(table[index].code, op_code::open);
  table[index].step = 1;
  table[index].moved = table[index].submitted = 9;
  table[index].opened = 3;
  table[index].late = true;
  table[index].interruptions = table[index].misses = 5;
  static_cast<void>(table[index].fsm.interrupt(op_fsm::reason::user));
  table.release(index);
  EXPECT_EQ(table[index].op, nullptr);
  test_operation second(op_code::read);
  ASSERT_EQ(table.acquire(second), index);
  const slot& used = table[index];
  EXPECT_EQ(used.op, &second);
  EXPECT_EQ(used.code, op_code::read);
  EXPECT_EQ(used.step, 0);
  EXPECT_FALSE(used.late);
  EXPECT_EQ(used.interruptions + used.misses, 0);
  EXPECT_EQ(used.moved + used.submitted, 0U);
  EXPECT_EQ(used.opened, -1);
  EXPECT_EQ(used.fsm.interrupted(), op_fsm::reason::none);
}

TEST(slot_table, finds_by_name_only_the_present_use) {
  slot_table table(2);
  test_operation op;
  const std::uint32_t index = table.acquire(op);
  const token first = table.name(index, cqe_kind::operation);
  EXPECT_EQ(table.find(first), &table[index]);
  EXPECT_EQ(table.find(first.as(cqe_kind::timeout)), &table[index]);
  table.release(index);
  EXPECT_EQ(table.find(first), nullptr) << "the use is over";
  ASSERT_EQ(table.acquire(op), index);
  EXPECT_EQ(table.find(first), nullptr) << "another use of the same slot";
  EXPECT_EQ(table.find(table.name(index, cqe_kind::operation)), &table[index]);
  EXPECT_EQ(table.find({1, 2, cqe_kind::operation}), nullptr) << "no such slot";
  EXPECT_EQ(table.find({0, 0, cqe_kind::wake}), nullptr) << "the wake's name is nobody's";
}

TEST(slot_table, visits_operations_without_an_answer) {
  slot_table table(3);
  test_operation a, b;
  table.acquire(a);
  const std::uint32_t detached = table.acquire(b);
  table[detached].op = nullptr;
  std::set<operation*> visited;
  table.for_each_operation([&](operation& op) { visited.insert(&op); });
  EXPECT_EQ(visited, std::set<operation*>{&a});
}

class slot_table_share : public testing::Test {
 public:
  slot_table_share() { patient.patient = true; }

  /// As many as there is room for.
  std::vector<std::uint32_t> fill_with_patient(slot_table& table) {
    std::vector<std::uint32_t> out;
    while (table.has_room_for_patient())
      out.push_back(table.acquire(patient));
    return out;
  }

  test_operation patient;
  test_operation other{op_code::write};
};

TEST_F(slot_table_share, is_kept_from_patient_operations) {
  struct row {
    std::uint32_t capacity, kept;
  };
  for (const auto& [capacity, kept] :
       {row{2, 1}, row{16, 1}, row{31, 1}, row{32, 2}, row{1024, 64}, row{1040, 64}, row{8192, 64}}) {
    slot_table table(capacity);
    EXPECT_EQ(fill_with_patient(table).size(), capacity - kept) << "of " << capacity;
    for (std::uint32_t each = 0; each < kept; ++each) {
      ASSERT_FALSE(table.full()) << "of " << capacity;
      table.acquire(other);
    }
    EXPECT_TRUE(table.full());
  }
}

TEST_F(slot_table_share, is_all_that_is_kept) {
  slot_table table(16);
  for (int each = 0; each < 15; ++each)
    table.acquire(other);
  EXPECT_TRUE(table.has_room_for_patient()) << "others have taken none of theirs";
  table.acquire(patient);
  EXPECT_TRUE(table.full());
}

TEST_F(slot_table_share, of_patient_operations_comes_back_with_each) {
  slot_table table(16);
  const std::vector<std::uint32_t> taken = fill_with_patient(table);
  const std::uint32_t write = table.acquire(other);
  table.release(write);
  EXPECT_FALSE(table.has_room_for_patient()) << "what was given back was not theirs";
  for (const std::uint32_t index : taken) {
    table.release(index);
    EXPECT_TRUE(table.has_room_for_patient());
    ASSERT_EQ(table.acquire(patient), index);
    EXPECT_FALSE(table.has_room_for_patient());
  }
}

// Another kind of operation takes a slot that a patient one has had.
TEST_F(slot_table_share, is_counted_by_the_present_use) {
  slot_table table(2);
  const std::uint32_t index = table.acquire(patient);
  table.release(index);
  ASSERT_EQ(table.acquire(other), index);
  EXPECT_TRUE(table.has_room_for_patient());
  table.release(index);
  EXPECT_EQ(fill_with_patient(table).size(), 1U) << "released as what it was";
}

TEST_F(slot_table_share, comes_back_though_the_operation_was_answered_before) {
  slot_table table(2);
  const std::uint32_t index = table.acquire(patient);
  table[index].op = nullptr;
  EXPECT_FALSE(table.has_room_for_patient()) << "the kernel has it still";
  table.release(index);
  EXPECT_TRUE(table.has_room_for_patient());
}

} // namespace
} // namespace shardbridge::detail
