// Goal: a cancel message is sent only between publish() and settle(), and settle() knows how many were.
// Method: a table of every order of the calls; two threads that request while a third settles.
#include "printers.hpp"

#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

enum class step : std::uint8_t { request_any, request_unless_started, publish, settle };
using enum step;

std::string run(const std::vector<step>& program) {
  cancel_word word;
  std::ostringstream answers;
  for (const step each : program) {
    switch (each) {
    case request_any:
      answers << word.request(cancel_kind::any) << ' ';
      break;
    case request_unless_started:
      answers << word.request(cancel_kind::unless_started) << ' ';
      break;
    case publish:
      answers << (word.publish() ? "push " : "cancelled ");
      break;
    case settle:
      answers << word.settle() << ' ';
      break;
    }
  }
  return answers.str();
}

struct row {
  std::vector<step> program;
  std::string answers;
};

class cancel_word_order : public testing::TestWithParam<row> {};

TEST_P(cancel_word_order, is_answered) {
  EXPECT_EQ(run(GetParam().program), GetParam().answers) << "steps: " << testing::PrintToString(GetParam().program);
}

INSTANTIATE_TEST_SUITE_P(
    every, cancel_word_order,
    testing::Values(row{{publish, settle, settle}, "push 0 0 "}, row{{settle}, "0 "},
                    row{{publish, request_any, settle}, "push send 1 "},
                    row{{publish, request_unless_started, settle}, "push send 1 "},
                    row{{publish, request_any, request_any, request_unless_started, settle, settle},
                        "push send nothing_new nothing_new 1 1 "},
                    row{{publish, request_unless_started, request_unless_started, request_any, settle, settle},
                        "push send nothing_new send 2 2 "},
                    row{{publish, settle, request_any, settle}, "push 0 nothing_new 0 "},
                    row{{publish, request_any, settle, request_any, settle}, "push send 1 nothing_new 1 "},
                    row{{request_any, publish}, "remembered cancelled "},
                    row{{request_unless_started, publish}, "remembered cancelled "},
                    row{{request_any, request_any, settle}, "remembered remembered 0 "},
                    row{{request_any, settle, request_any}, "remembered 0 nothing_new "}));

// An operation that must not be pushed is answered and freed: no message may name it, whoever asks again.
TEST(cancel_word, sends_no_message_about_what_was_never_pushed) {
  for (const cancel_kind first : {cancel_kind::any, cancel_kind::unless_started}) {
    cancel_word word;
    ASSERT_EQ(word.request(first), cancel_word::requested::remembered);
    ASSERT_FALSE(word.publish());
    EXPECT_NE(word.request(cancel_kind::any), cancel_word::requested::send);
    EXPECT_EQ(word.settle(), 0U);
  }
}

TEST(cancel_word, knows_which_kind_was_wanted) {
  cancel_word word;
  EXPECT_FALSE(word.wanted());
  word.request(cancel_kind::unless_started);
  EXPECT_TRUE(word.wanted());
  EXPECT_TRUE(word.wants(cancel_kind::unless_started));
  EXPECT_FALSE(word.wants(cancel_kind::any));
  word.request(cancel_kind::any);
  EXPECT_TRUE(word.wants(cancel_kind::any));
}

TEST(cancel_word, counts_every_message_that_is_sent_while_another_thread_settles) {
  constexpr int rounds = 3000;
  for (int round = 0; round < rounds; ++round) {
    cancel_word word;
    std::atomic<int> ready{0};
    std::atomic<std::uint32_t> sent{0};
    const auto together = [&ready] {
      ready.fetch_add(1);
      while (ready.load() < 2)
        std::this_thread::yield();
    };
    const auto ask = [&](int times) {
      for (int each = 0; each < times; ++each)
        if (word.request(each == 0 ? cancel_kind::unless_started : cancel_kind::any) == cancel_word::requested::send)
          sent.fetch_add(1);
    };
    ASSERT_TRUE(word.publish());
    std::thread canceller([&] {
      together();
      ask(1 + round % 3);
    });
    together();
    const std::uint32_t settled = word.settle();
    canceller.join();
    ASSERT_EQ(settled, sent.load());
    ASSERT_EQ(word.settle(), settled);
  }
}

} // namespace
} // namespace shardbridge::detail
