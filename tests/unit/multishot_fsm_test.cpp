// Goal: a request that is answered again and again is in the kernel while somebody wants answers and there is room.
// Method: every event in every state.
#include <shardbridge/detail/multishot_fsm.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using action = multishot_fsm::action;
using end = multishot_fsm::end;

TEST(multishot_fsm, is_armed_for_the_first_who_waits_alone) {
  multishot_fsm machine;
  EXPECT_TRUE(machine.idle());
  EXPECT_EQ(machine.wanted(), action::arm);
  EXPECT_TRUE(machine.armed());
  EXPECT_FALSE(machine.idle());
  EXPECT_EQ(machine.wanted(), action::nothing);
}

TEST(multishot_fsm, pauses_once_when_there_is_no_room) {
  multishot_fsm machine;
  machine.wanted();
  EXPECT_EQ(machine.filled(), action::disarm);
  EXPECT_TRUE(machine.armed()) << "the kernel has it still";
  EXPECT_EQ(machine.filled(), action::nothing);
  EXPECT_EQ(machine.wanted(), action::nothing) << "it is armed again behind its end";
  EXPECT_EQ(machine.ended(end::paused, false), action::nothing);
  EXPECT_TRUE(machine.idle());
  EXPECT_EQ(machine.wanted(), action::arm);
}

TEST(multishot_fsm, goes_on_for_who_waits_when_it_ends) {
  multishot_fsm machine;
  machine.wanted();
  EXPECT_EQ(machine.ended(end::paused, true), action::arm);
  EXPECT_TRUE(machine.armed());
}

TEST(multishot_fsm, awaits_memory_only_for_who_waits) {
  multishot_fsm machine;
  machine.wanted();
  EXPECT_EQ(machine.ended(end::starved, true), action::await_buffer);
  EXPECT_TRUE(machine.starved());
  EXPECT_FALSE(machine.idle());
  EXPECT_EQ(machine.wanted(), action::nothing);
  EXPECT_EQ(machine.fed(true), action::arm);
  EXPECT_EQ(machine.ended(end::starved, true), action::await_buffer);
  EXPECT_EQ(machine.fed(false), action::nothing) << "who waited has gone";
  EXPECT_TRUE(machine.idle());
  machine.wanted();
  EXPECT_EQ(machine.ended(end::starved, false), action::nothing);
  EXPECT_TRUE(machine.idle());
}

TEST(multishot_fsm, is_never_armed_again_when_it_is_over) {
  multishot_fsm machine;
  machine.wanted();
  EXPECT_EQ(machine.ended(end::over, true), action::nothing);
  EXPECT_TRUE(machine.closed());
  EXPECT_EQ(machine.wanted(), action::nothing);
  EXPECT_EQ(machine.close(), action::nothing);
}

TEST(multishot_fsm, ends_in_the_kernel_before_it_is_closed) {
  multishot_fsm machine;
  machine.wanted();
  EXPECT_EQ(machine.close(), action::disarm);
  EXPECT_TRUE(machine.closed());
  EXPECT_TRUE(machine.armed());
  EXPECT_EQ(machine.filled(), action::nothing);
  EXPECT_EQ(machine.wanted(), action::nothing);
  EXPECT_EQ(machine.ended(end::paused, true), action::nothing);
  EXPECT_FALSE(machine.armed());
  EXPECT_TRUE(machine.closed());
}

TEST(multishot_fsm, may_be_closed_before_it_began_and_while_it_pauses_or_awaits_memory) {
  multishot_fsm untouched;
  EXPECT_EQ(untouched.close(), action::nothing);
  EXPECT_EQ(untouched.wanted(), action::nothing);
  multishot_fsm pausing;
  pausing.wanted();
  pausing.filled();
  EXPECT_EQ(pausing.close(), action::disarm) << "which nobody does twice: see op_fsm";
  multishot_fsm starved;
  starved.wanted();
  starved.ended(end::starved, true);
  EXPECT_EQ(starved.close(), action::nothing);
  EXPECT_FALSE(starved.starved());
}

} // namespace
} // namespace shardbridge::detail
