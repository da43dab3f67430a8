// Goal: cancels and linked timeouts find their operation by user_data alone: with a duplicate in flight they end the
// wrong one. This is why the library's user_data is unique and carries a generation.
// Method: two pipe reads with the same user_data, told apart by their pipes: whoever is still waiting gets the data.
//
// Seen on 6.18: the operation submitted last is the one found, even by the timeout linked to the first.
#include "ring_test.hpp"

namespace kernel_tests {
namespace {

class duplicate_user_data : public ring_test {
 protected:
  // Ends what is still in flight by satisfying it; says which pipe's reader that was.
  std::string survivor(ring& r) {
    first.write("1st");
    second.write("second");
    const completions last = r.reap(1);
    if (last == completions{cqe(op, 3)}) return "first";
    if (last == completions{cqe(op, 6)}) return "second";
    return "none";
  }

  pipe_pair first;
  pipe_pair second;
  std::string to_first = std::string(16, '\0');
  std::string to_second = std::string(16, '\0');
};

TEST_P(duplicate_user_data, a_linked_timeout_ends_the_wrong_operation) {
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(op, read_into(first.reader, to_first.data(), to_first.size())), 100ms);
  r.stage(op, read_into(second.reader, to_second.data(), to_second.size()));
  ASSERT_EQ(r.submit(), 3);
  EXPECT_EQ(r.reap(2), (completions{cqe(timeout, -ETIME), cqe(op, -ECANCELED)}));
  EXPECT_EQ(survivor(r), "first") << "the read with the deadline has outlived it, the one without has not";
}

TEST_P(duplicate_user_data, a_cancel_ends_only_one_of_them) {
  ring r({.kind = GetParam()});
  r.stage(op, read_into(first.reader, to_first.data(), to_first.size()));
  r.stage(op, read_into(second.reader, to_second.data(), to_second.size()));
  ASSERT_EQ(r.submit(), 2);
  r.stage_cancel(op);
  ASSERT_EQ(r.submit(), 1);
  EXPECT_EQ(r.reap(2), (completions{cqe(cancel, 0), cqe(op, -ECANCELED)}));
  EXPECT_EQ(survivor(r), "first");
}

TEST_P(duplicate_user_data, unique_ones_end_the_right_operation) {
  constexpr std::uint64_t other = 10;
  ring r({.kind = GetParam()});
  r.stage_timeout(r.stage(other, read_into(first.reader, to_first.data(), to_first.size())), 20ms);
  r.stage(op, read_into(second.reader, to_second.data(), to_second.size()));
  ASSERT_EQ(r.submit(), 3);
  EXPECT_EQ(r.reap(2), (completions{cqe(timeout, -ETIME), cqe(other, -ECANCELED)}));
  EXPECT_EQ(survivor(r), "second");
}

ON_BOTH_RINGS(duplicate_user_data);

} // namespace
} // namespace kernel_tests
