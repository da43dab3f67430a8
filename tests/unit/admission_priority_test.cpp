// Goal: high goes before normal where operations wait for a permit, and normal gets one turn in eight; within a
// priority they go in the order they came.
// Method: queues of both, granted one by one.
#include "admission_fixture.hpp"

#include <string>

namespace shardbridge::detail {
namespace {

using enum admission::acquired;

class admission_priority_test : public admission_fixture {
 public:
  admission_priority_test() : admission_fixture({.max_ops = 20, .max_bytes = 100}) {}

  void queue(operation& op) { ASSERT_EQ(permits.acquire(op), waiting); }
  static std::string letters(const named& all) {
    std::string out;
    for (const operation* each : all)
      out += each->priority == priority::high ? 'h' : 'n';
    return out;
  }
};

TEST_F(admission_priority_test, high_goes_before_normal) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  test_operation& first = make(1);
  test_operation& second = make(1);
  test_operation& high = make_high(1);
  for (test_operation* each : {&first, &second, &high})
    queue(*each);
  EXPECT_EQ(permits.waiting(), 3U);
  EXPECT_EQ(released(1, 100), (named{&high, &first, &second}));
}

TEST_F(admission_priority_test, normal_gets_one_turn_in_eight_and_each_keeps_its_order) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  named normals;
  named highs;
  for (int each = 0; each < 5; ++each)
    queue(*normals.emplace_back(&make(100)));
  for (int each = 0; each < 20; ++each)
    queue(*highs.emplace_back(&make_high(100)));
  named all;
  for (int each = 0; each < 25; ++each) {
    const named next = released(1, 100);
    ASSERT_EQ(next.size(), 1U);
    all.push_back(next[0]);
  }
  EXPECT_EQ(letters(all), "hhhhhhhnhhhhhhhnhhhhhhnnn");
  std::erase_if(all, [](const operation* op) { return op->priority == priority::high; });
  EXPECT_EQ(all, normals);
}

TEST_F(admission_priority_test, several_grants_at_once_keep_the_turns) {
  ASSERT_EQ(permits.acquire(make(100)), taken);
  for (int each = 0; each < 10; ++each)
    queue(make_high(1));
  for (int each = 0; each < 2; ++each)
    queue(make(1));
  EXPECT_EQ(letters(released(1, 100)), "hhhhhhhnhhhn");
}

TEST_F(admission_priority_test, a_high_one_overtakes_normal_ones_that_find_no_room) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make(80);
  queue(large);
  EXPECT_EQ(permits.acquire(make_high(1)), taken);
  queue(make(1));
  EXPECT_EQ(permits.acquire(make_high(39)), taken);
  EXPECT_EQ(permits.bytes(), 100U);
}

TEST_F(admission_priority_test, a_high_one_does_not_overtake_high_ones) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make_high(80);
  test_operation& small = make_high(1);
  queue(large);
  queue(small);
  EXPECT_EQ(released(1, 60), (named{&large, &small}));
}

TEST_F(admission_priority_test, a_normal_one_does_not_overtake_high_ones) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make_high(80);
  test_operation& small = make(1);
  queue(large);
  queue(small);
  EXPECT_EQ(released(1, 60), (named{&large, &small}));
}

// The room for it would never come if whoever is high and small took it away for ever.
TEST_F(admission_priority_test, high_ones_that_find_room_do_not_starve_a_normal_one) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make(80);
  queue(large);
  for (int each = 0; each < 7; ++each)
    ASSERT_EQ(permits.acquire(make_high(1)), taken) << each;
  test_operation& eighth = make_high(1);
  queue(eighth);
  EXPECT_EQ(released(1, 60), (named{&large, &eighth}));
}

TEST_F(admission_priority_test, a_turn_that_is_left_over_is_used_once) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& gone = make(80);
  queue(gone);
  for (int each = 0; each < 7; ++each)
    ASSERT_EQ(permits.acquire(make_high(1)), taken) << each;
  queue(make_high(80));
  ASSERT_TRUE(permits.cancel(gone));
  EXPECT_EQ(permits.acquire(make(1)), taken) << "it is normal's turn";
  queue(make(1));
}

TEST_F(admission_priority_test, turns_begin_anew_when_nobody_waits) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& gone = make(80);
  queue(gone);
  for (int each = 0; each < 7; ++each)
    ASSERT_EQ(permits.acquire(make_high(1)), taken) << each;
  ASSERT_TRUE(permits.cancel(gone));
  test_operation& normal = make(80);
  test_operation& high = make_high(80);
  queue(normal);
  queue(high);
  EXPECT_EQ(released(1, 60), named{&high});
}

TEST_F(admission_priority_test, one_that_gives_up_leaves_the_turn_to_the_next) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make_high(80);
  test_operation& small = make(1);
  queue(large);
  queue(small);
  ASSERT_TRUE(permits.cancel(large));
  EXPECT_EQ(looked_again(), named{&small});
}

class admission_priority_refusing_test : public admission_fixture {
 public:
  admission_priority_refusing_test() : admission_fixture({.max_ops = 20, .max_bytes = 100, .max_waiters = 1}) {}
};

TEST_F(admission_priority_refusing_test, who_may_not_wait_is_taken_only_where_nobody_comes_first) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make(80);
  ASSERT_EQ(permits.acquire(large), waiting);
  EXPECT_EQ(permits.acquire(make(1)), no_room) << "there is room, but somebody waits";
  EXPECT_EQ(permits.acquire(make_high(41)), no_room);
  for (int each = 0; each < 7; ++each)
    EXPECT_EQ(permits.acquire(make_high(1)), taken) << each;
  EXPECT_EQ(permits.acquire(make_high(1)), no_room) << "it is the waiter's turn";
  EXPECT_EQ(released(1, 60), named{&large});
}

} // namespace
} // namespace shardbridge::detail
