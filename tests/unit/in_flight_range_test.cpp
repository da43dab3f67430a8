// Goal: what is about a range of a file reaches the kernel as it was asked for, and advice about more than a submission
// can say is given bit by bit.
// Method: a fake kernel that remembers what was submitted.
#include "in_flight_fixture.hpp"

namespace shardbridge::detail {
namespace {

constexpr std::uint64_t once = max_advised_at_once;

struct test_range {
  test_range(op_code what, descriptor& file, std::uint64_t offset, std::uint64_t length, int mode) : op(what) {
    op.file = &file;
    op.offset = offset;
    op.length = length;
    op.mode = mode;
  }
  test_operation op;
};

void expect_range(const submission& what, std::uint64_t offset, std::uint64_t length, int mode) {
  EXPECT_EQ(what.offset, offset);
  EXPECT_EQ(what.length, length);
  EXPECT_EQ(what.mode, mode);
}

TEST_F(in_flight_test, allocates_any_length_at_once) {
  test_range range(op_code::allocate, *regular, 5, 3 * once, 3);
  ASSERT_TRUE(flights.start(range.op));
  expect_range(submitted(), 5, 3 * once, 3);
  complete(0);
  EXPECT_EQ(told.all, (list{{&range.op, {}}}));
}

TEST_F(in_flight_test, gives_long_advice_bit_by_bit) {
  test_range range(op_code::advise, *regular, 7, 2 * once + 1, 4);
  ASSERT_TRUE(flights.start(range.op));
  expect_range(submitted(), 7, once, 4);
  complete(0);
  expect_range(submitted(), 7 + once, once, 4);
  complete(0);
  expect_range(submitted(), 7 + 2 * once, 1, 4);
  EXPECT_TRUE(told.all.empty());
  complete(0);
  EXPECT_EQ(told.all, (list{{&range.op, {}}}));
}

TEST_F(in_flight_test, advice_of_length_0_is_about_the_rest_of_the_file) {
  test_range range(op_code::advise, *regular, 7, 0, 4);
  ASSERT_TRUE(flights.start(range.op));
  expect_range(submitted(), 7, 0, 4);
  complete(0);
  EXPECT_EQ(told.all, (list{{&range.op, {}}}));
}

TEST_F(in_flight_test, advice_that_fails_is_not_continued) {
  test_range range(op_code::advise, *pipe, 0, 2 * once, 4);
  ASSERT_TRUE(flights.start(range.op));
  complete(-ESPIPE);
  EXPECT_EQ(told.all, (list{{&range.op, {result_kind::system_error, ESPIPE, 0}}}));
}

TEST_F(in_flight_test, advice_that_is_cancelled_is_not_continued) {
  test_range range(op_code::advise, *regular, 0, 2 * once, 4);
  ASSERT_TRUE(flights.start(range.op));
  flights.interrupt(range.op, reason::user);
  complete(0); // the cancel came too late for this bit
  EXPECT_EQ(told.all, (list{{&range.op, {result_kind::aborted, 0, 0}}}));
}

} // namespace
} // namespace shardbridge::detail
