// Goal: a call is answered once, by whoever comes last of its end and its cancel message. Method: every order in which
// the three steps can be taken; threads that take them at the same time.
#include <shardbridge/detail/call_word.hpp>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

TEST(call_word, answers_at_the_end_without_a_cancel) {
  call_word word;
  EXPECT_FALSE(word.cancelled());
  EXPECT_TRUE(word.end());
}

TEST(call_word, posts_no_cancel_behind_the_end) {
  call_word word;
  EXPECT_TRUE(word.end());
  EXPECT_FALSE(word.cancel());
  EXPECT_TRUE(word.cancelled());
}

TEST(call_word, waits_for_a_cancel_that_is_under_way) {
  call_word word;
  EXPECT_TRUE(word.cancel());
  EXPECT_TRUE(word.cancelled());
  EXPECT_FALSE(word.end());
  EXPECT_TRUE(word.take_cancel());
}

TEST(call_word, answers_at_the_end_behind_a_cancel) {
  call_word word;
  EXPECT_TRUE(word.cancel());
  EXPECT_FALSE(word.take_cancel());
  EXPECT_TRUE(word.end());
}

TEST(call_word, answers_once_between_threads) {
  constexpr int rounds = 500; // threads are dear
  for (int round = 0; round < rounds; ++round) {
    call_word word;
    std::atomic<int> answers = 0;
    int what_came = 0; // by the end, read by whoever answers
    int seen = -1;
    const auto answer = [&] {
      ++answers;
      seen = what_came;
    };
    {
      const std::jthread there([&] {
        what_came = round;
        if (word.end()) answer();
      });
      if (word.cancel()) {
        const std::jthread taker([&] {
          if (word.take_cancel()) answer();
        });
      }
    }
    ASSERT_EQ(answers, 1);
    ASSERT_EQ(seen, round);
  }
}

} // namespace
} // namespace shardbridge::detail
