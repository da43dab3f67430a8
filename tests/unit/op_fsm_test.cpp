// Goal: the machine settles once, when the last CQE it is owed has come, in whatever order; it asks for a cancel where
// there is something to cancel; the first reason wins.
// Method: every permutation of the CQEs of operation, timeout and cancel; short programs for the rest.
#include "printers.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum op_fsm::action;
using link = op_fsm::link;
using reason = op_fsm::reason;

enum class cqe : std::uint8_t { operation, timeout, sync, cancel };

op_fsm::action feed(op_fsm& fsm, cqe which, std::int32_t result) {
  switch (which) {
  case cqe::operation:
    return fsm.on_operation(result);
  case cqe::timeout:
    return fsm.on_timeout(result);
  case cqe::sync:
    return fsm.on_sync(result, false);
  case cqe::cancel:
    return fsm.on_cancel();
  }
  return wait;
}

void expect_to_settle_at_the_last(std::vector<cqe> owed) {
  std::sort(owed.begin(), owed.end());
  do {
    op_fsm fsm;
    const auto owes = [&owed](cqe which) { return std::ranges::find(owed, which) != owed.end(); };
    fsm.start(owes(cqe::timeout) ? link::timeout : owes(cqe::sync) ? link::sync : link::nothing);
    if (owes(cqe::cancel)) {
      ASSERT_EQ(fsm.interrupt(reason::user), submit_cancel);
      fsm.cancel_submitted();
    }
    for (std::size_t each = 0; each < owed.size(); ++each) {
      const auto answered = feed(fsm, owed[each], -ECANCELED);
      EXPECT_EQ(answered, each + 1 == owed.size() ? settled : wait) << testing::PrintToString(owed) << " at " << each;
    }
    EXPECT_EQ(fsm.result(), -ECANCELED);
    EXPECT_FALSE(fsm.operation_owed());
  } while (std::next_permutation(owed.begin(), owed.end()));
}

TEST(op_fsm, settles_when_the_last_cqe_has_come) {
  expect_to_settle_at_the_last({cqe::operation});
  expect_to_settle_at_the_last({cqe::operation, cqe::timeout});
  expect_to_settle_at_the_last({cqe::operation, cqe::cancel});
  expect_to_settle_at_the_last({cqe::operation, cqe::timeout, cqe::cancel});
  expect_to_settle_at_the_last({cqe::operation, cqe::sync});
  expect_to_settle_at_the_last({cqe::operation, cqe::sync, cqe::cancel});
}

TEST(op_fsm, takes_the_result_of_a_linked_sync_that_has_begun) {
  op_fsm fsm;
  fsm.start(link::sync);
  EXPECT_EQ(fsm.on_operation(512), wait);
  EXPECT_TRUE(fsm.sync_owed());
  EXPECT_EQ(fsm.on_sync(-EIO, true), settled);
  EXPECT_EQ(fsm.result(), -EIO);
  fsm.start(link::sync);
  EXPECT_EQ(fsm.on_operation(-ENOSPC), wait);
  EXPECT_EQ(fsm.on_sync(-ECANCELED, false), settled);
  EXPECT_EQ(fsm.result(), -ENOSPC) << "the write's own";
}

TEST(op_fsm, asks_for_a_cancel_as_long_as_a_linked_sync_is_owed) {
  op_fsm fsm;
  fsm.start(link::sync);
  EXPECT_EQ(fsm.on_operation(512), wait);
  EXPECT_EQ(fsm.interrupt(reason::user), submit_cancel);
  EXPECT_TRUE(fsm.wants_cancel()) << "the first found no room";
  fsm.cancel_submitted();
  EXPECT_EQ(fsm.on_sync(0, true), wait);
  EXPECT_FALSE(fsm.wants_cancel());
  EXPECT_EQ(fsm.on_cancel(), settled);
}

TEST(op_fsm, keeps_the_result_of_the_operation_alone) {
  op_fsm fsm;
  fsm.start(link::timeout);
  EXPECT_TRUE(fsm.operation_owed());
  EXPECT_EQ(fsm.on_operation(512), wait);
  EXPECT_EQ(fsm.on_timeout(-ECANCELED), settled);
  EXPECT_EQ(fsm.result(), 512);
  EXPECT_EQ(fsm.interrupted(), reason::none);
}

TEST(op_fsm, asks_for_a_cancel_until_one_went_out) {
  op_fsm fsm;
  fsm.start(link::nothing);
  EXPECT_EQ(fsm.interrupt(reason::user), submit_cancel);
  EXPECT_EQ(fsm.interrupt(reason::user), submit_cancel) << "the first found no room";
  fsm.cancel_submitted();
  EXPECT_EQ(fsm.interrupt(reason::deadline), wait);
  EXPECT_EQ(fsm.on_operation(1), wait);
  EXPECT_EQ(fsm.on_cancel(), settled);
}

TEST(op_fsm, owes_no_cancel_that_did_not_go_out) {
  op_fsm fsm;
  fsm.start(link::nothing);
  EXPECT_EQ(fsm.interrupt(reason::stop), submit_cancel);
  EXPECT_EQ(fsm.on_operation(1), settled);
}

TEST(op_fsm, cancels_nothing_that_has_come) {
  op_fsm fsm;
  fsm.start(link::timeout);
  ASSERT_EQ(fsm.on_operation(1), wait);
  EXPECT_EQ(fsm.interrupt(reason::user), wait);
  EXPECT_EQ(fsm.on_timeout(-ECANCELED), settled);
}

struct timeout_answer {
  std::int32_t result;
  reason noted;
};

TEST(op_fsm, knows_from_the_timeout_whether_it_fired) {
  for (const auto& [result, noted] :
       {timeout_answer{-ETIME, reason::deadline}, {-ENOENT, reason::deadline}, {-ECANCELED, reason::none}}) {
    op_fsm fsm;
    fsm.start(link::timeout);
    ASSERT_EQ(fsm.on_timeout(result), wait);
    EXPECT_EQ(fsm.interrupted(), noted) << result;
  }
}

TEST(op_fsm, keeps_the_first_reason) {
  for (const reason first : {reason::user, reason::deadline, reason::stop}) {
    for (const reason second : {reason::user, reason::deadline, reason::stop}) {
      op_fsm fsm;
      fsm.start(link::timeout);
      ASSERT_EQ(fsm.interrupt(first), submit_cancel);
      ASSERT_EQ(fsm.interrupt(second), submit_cancel);
      EXPECT_EQ(fsm.interrupted(), first);
      ASSERT_EQ(fsm.on_timeout(-ETIME), wait);
      EXPECT_EQ(fsm.interrupted(), first) << "also when the linked timeout fires later";
    }
  }
  op_fsm fsm;
  fsm.start(link::timeout);
  ASSERT_EQ(fsm.on_timeout(-ENOENT), wait);
  ASSERT_EQ(fsm.interrupt(reason::user), submit_cancel);
  EXPECT_EQ(fsm.interrupted(), reason::deadline);
}

TEST(op_fsm, goes_on_with_another_submission_and_the_reason_it_had) {
  op_fsm fsm;
  fsm.start(link::timeout);
  ASSERT_EQ(fsm.interrupt(reason::user), submit_cancel);
  fsm.cancel_submitted();
  ASSERT_EQ(fsm.on_cancel(), wait);
  ASSERT_EQ(fsm.on_operation(10), wait);
  ASSERT_EQ(fsm.on_timeout(-ECANCELED), settled);
  fsm.start(link::nothing);
  EXPECT_EQ(fsm.interrupted(), reason::user);
  EXPECT_EQ(fsm.interrupt(reason::user), submit_cancel) << "the second submission was not cancelled yet";
  EXPECT_EQ(fsm.on_operation(20), settled);
  EXPECT_EQ(fsm.result(), 20);
}

} // namespace
} // namespace shardbridge::detail
