// Goal: whoever watches is woken by the next change, and by that alone. Method: every order of the two.
#include <bridge/level_word.hpp>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using enum pressure_level;

TEST(level_word, shows_what_was_set) {
  level_word word;
  EXPECT_EQ(word.get(), normal);
  for (const pressure_level each : {suspended, throttled, normal}) {
    EXPECT_FALSE(word.set(each)) << "nobody watches";
    EXPECT_EQ(word.get(), each);
  }
}

TEST(level_word, tells_that_it_is_watched_once) {
  level_word word;
  EXPECT_EQ(word.watch(), normal);
  EXPECT_EQ(word.watch(), normal);
  EXPECT_TRUE(word.set(suspended));
  EXPECT_FALSE(word.set(throttled));
  EXPECT_EQ(word.watch(), throttled);
  EXPECT_EQ(word.get(), throttled);
  EXPECT_TRUE(word.set(normal));
}

} // namespace
} // namespace shardbridge::detail
