// Goal: permits without an operation take room like any other and overtake nobody, but whoever looks for outstanding
// operations does not see them.
// Method: permits taken, used and dropped among operations, against small limits.
#include "admission_fixture.hpp"

namespace shardbridge::detail {
namespace {

using enum admission::acquired;

class admission_permit_test : public admission_fixture {
 public:
  admission_permit_test() : admission_fixture({.max_ops = 3, .max_bytes = 100}) {}

  named dropped(std::uint64_t bytes) {
    operation_list granted;
    permits.release_unused(bytes, granted);
    return emptied(granted);
  }
};

TEST_F(admission_permit_test, is_counted_but_not_outstanding) {
  EXPECT_EQ(permits.try_acquire(40), taken);
  EXPECT_EQ(permits.ops(), 1U);
  EXPECT_EQ(permits.bytes(), 40U);
  EXPECT_EQ(permits.outstanding(), 0U);
  hold(1);
  EXPECT_EQ(permits.ops(), 2U);
  EXPECT_EQ(permits.outstanding(), 1U);
}

TEST_F(admission_permit_test, becomes_outstanding_with_an_operation) {
  ASSERT_EQ(permits.try_acquire(40), taken);
  ASSERT_EQ(permits.try_acquire(40), taken);
  permits.use_unused();
  EXPECT_EQ(permits.outstanding(), 1U);
  EXPECT_EQ(permits.ops(), 2U);
  EXPECT_EQ(released(1, 40), named{});
  EXPECT_EQ(permits.outstanding(), 0U);
  EXPECT_EQ(permits.ops(), 1U);
}

TEST_F(admission_permit_test, is_given_back_with_its_room) {
  ASSERT_EQ(permits.try_acquire(100), taken);
  test_operation& queued = make(100);
  ASSERT_EQ(permits.acquire(queued), waiting);
  EXPECT_EQ(dropped(100), named{&queued});
  EXPECT_EQ(permits.ops(), 1U);
  EXPECT_EQ(permits.outstanding(), 1U);
}

TEST_F(admission_permit_test, is_refused_without_room) {
  hold(2);
  EXPECT_EQ(permits.try_acquire(99), no_room) << "bytes";
  EXPECT_EQ(permits.try_acquire(98), taken);
  EXPECT_EQ(permits.try_acquire(0), no_room) << "operations";
  EXPECT_EQ(permits.waiting(), 0U);
  EXPECT_EQ(permits.outstanding(), 2U);
}

TEST_F(admission_permit_test, is_refused_for_ever_where_it_is_too_large_or_the_admission_closed) {
  EXPECT_EQ(permits.try_acquire(101), too_large);
  EXPECT_EQ(closed(), named{});
  EXPECT_EQ(permits.try_acquire(1), stopped);
  EXPECT_EQ(permits.ops(), 0U);
}

TEST_F(admission_permit_test, overtakes_nobody) {
  ASSERT_EQ(permits.acquire(make(60)), taken);
  test_operation& large = make(80);
  ASSERT_EQ(permits.acquire(large), waiting);
  EXPECT_EQ(permits.try_acquire(1), no_room) << "there is room, but somebody waits";
  EXPECT_EQ(permits.try_acquire(35), no_room) << "the same where the level would change";
  ASSERT_TRUE(permits.cancel(large));
  EXPECT_EQ(permits.try_acquire(35), taken);
}

TEST_F(admission_permit_test, is_taken_where_the_level_changes) {
  for (int each = 0; each < 3; ++each)
    EXPECT_EQ(permits.try_acquire(1), taken) << each;
  EXPECT_EQ(permits.level(), pressure_level::suspended);
  EXPECT_TRUE(permits.has_news());
  test_operation& wait = make_wait(pressure_level::normal);
  ASSERT_EQ(permits.acquire(wait), waiting);
  EXPECT_EQ(dropped(1), named{});
  EXPECT_EQ(permits.level(), pressure_level::normal);
  operation_list calmed;
  static_cast<void>(permits.take_news(calmed));
  EXPECT_EQ(emptied(calmed), named{&wait});
}

TEST_F(admission_permit_test, outlives_the_end_of_admission) {
  ASSERT_EQ(permits.try_acquire(40), taken);
  ASSERT_EQ(permits.try_acquire(40), taken);
  EXPECT_EQ(closed(), named{});
  permits.use_unused();
  EXPECT_EQ(permits.outstanding(), 1U);
  EXPECT_EQ(dropped(40), named{});
  EXPECT_EQ(released(1, 40), named{});
  EXPECT_EQ(permits.ops(), 0U);
  EXPECT_EQ(permits.outstanding(), 0U);
}

TEST_F(admission_permit_test, is_told_from_an_operation_however_often_it_changes_hands) {
  hold(1);
  for (int round = 0; round < 1000; ++round) {
    ASSERT_EQ(permits.try_acquire(1), taken);
    ASSERT_EQ(permits.outstanding(), 1U);
    ASSERT_EQ(dropped(1), named{});
    ASSERT_EQ(permits.outstanding(), 1U);
  }
}

} // namespace
} // namespace shardbridge::detail
