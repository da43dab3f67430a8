// Goal: a server ends by itself when its workers have drained, and by force when it is told so or late; whatever order
// signals, timers and workers come in. Method: stepped.
#include "stop_sequence.hpp"

#include <gtest/gtest.h>

namespace http_file_server {
namespace {

using enum stop_sequence::event;
using action = stop_sequence::action;

TEST(StopSequence, EndsWhenAllHaveDrained) {
  stop_sequence stopping(2);
  EXPECT_EQ(stopping.on(signal), action::drain);
  EXPECT_EQ(stopping.on(drained), action::none);
  EXPECT_FALSE(stopping.ended());
  EXPECT_EQ(stopping.on(drained), action::end);
  EXPECT_TRUE(stopping.ended());
}

TEST(StopSequence, TheEndOfTheGraceHangsUp) {
  stop_sequence stopping(1);
  EXPECT_EQ(stopping.on(signal), action::drain);
  EXPECT_EQ(stopping.on(grace_over), action::hang_up);
  EXPECT_EQ(stopping.on(signal), action::none);
  EXPECT_EQ(stopping.on(drained), action::end);
}

TEST(StopSequence, ASecondSignalHangsUpOnce) {
  stop_sequence stopping(1);
  EXPECT_EQ(stopping.on(signal), action::drain);
  EXPECT_EQ(stopping.on(signal), action::hang_up);
  EXPECT_EQ(stopping.on(signal), action::none);
  EXPECT_EQ(stopping.on(grace_over), action::none);
  EXPECT_EQ(stopping.on(drained), action::end);
}

TEST(StopSequence, NothingIsDoneBehindTheEnd) {
  stop_sequence stopping(1);
  EXPECT_EQ(stopping.on(signal), action::drain);
  EXPECT_EQ(stopping.on(drained), action::end);
  // Both may have been on their way.
  EXPECT_EQ(stopping.on(grace_over), action::none);
  EXPECT_EQ(stopping.on(signal), action::none);
}

} // namespace
} // namespace http_file_server
