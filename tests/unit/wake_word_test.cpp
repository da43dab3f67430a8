// Goal: every transition of the wake word, wherever its sequence starts: at the wrap-around of the ticket (2^31), at
// that of the sequence (2^32), and elsewhere.
// Method: short programs of steps, each with the answers it must give, run from many first sequences. For the stale
// ticket the word is moved on by 2^31 publishes in one addition.
#include "printers.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

enum class step : std::uint8_t { observe, publish, arm, disarm, close };
using enum step;

std::string run(wake_word& word, const std::vector<step>& program) {
  std::ostringstream answers;
  std::uint32_t seen = word.observe();
  for (const step each : program) {
    switch (each) {
    case observe:
      seen = word.observe();
      break;
    case publish:
      answers << word.publish() << ' ';
      break;
    case arm:
      answers << word.try_arm(seen) << ' ';
      break;
    case disarm:
      answers << word.disarm(seen) << ' ';
      break;
    case close:
      word.close();
      break;
    }
  }
  return answers.str();
}

struct transition {
  std::vector<step> program;
  std::string answers;
};

const std::vector<transition> transitions{
    {{publish, publish}, "awake awake "},
    {{arm, publish}, "asleep wake_owed "},
    {{arm, publish, publish, publish}, "asleep wake_owed awake awake "},
    {{publish, arm}, "awake missed "},
    {{publish, arm, publish}, "awake missed awake "},
    {{publish, observe, arm, publish}, "awake asleep wake_owed "},
    {{arm, arm, publish, publish}, "asleep asleep wake_owed awake "},
    {{arm, disarm, publish}, "asleep unclaimed awake "},
    {{arm, publish, disarm, publish}, "asleep wake_owed wake_coming awake "},
    {{arm, disarm, arm, publish}, "asleep unclaimed asleep wake_owed "},
    {{disarm, publish}, "unclaimed awake "},
    {{arm, publish, arm, observe, arm, publish}, "asleep wake_owed missed asleep wake_owed "},
    {{close, publish, publish}, "closed closed "},
    {{arm, close, publish, publish}, "asleep closed closed "},
    {{publish, close, publish, observe, arm, publish}, "awake closed asleep closed "},
    {{arm, publish, close, disarm, publish}, "asleep wake_owed wake_coming closed "},
};

class wake_word_from : public testing::TestWithParam<std::uint32_t> {};

TEST_P(wake_word_from, makes_every_transition) {
  for (const transition& each : transitions) {
    wake_word word(GetParam());
    EXPECT_EQ(run(word, each.program), each.answers) << "steps: " << testing::PrintToString(each.program);
  }
}

TEST_P(wake_word_from, counts_every_publish) {
  wake_word word(GetParam());
  for (std::uint32_t count = 1; count <= 5; ++count) {
    static_cast<void>(word.publish());
    EXPECT_EQ(word.observe(), GetParam() + count);
  }
}

INSTANTIATE_TEST_SUITE_P(first_sequence, wake_word_from,
                         testing::Values(0U, 1U, 77U, 0x7ffffffdU, 0x7ffffffeU, 0x7fffffffU, 0x80000000U, 0x80000001U,
                                         0xfffffffdU, 0xfffffffeU, 0xffffffffU));

/// As many publishes at once; the word is the first member of a standard-layout class.
void move_on(wake_word& word, std::uint64_t publishes) {
  reinterpret_cast<std::atomic<std::uint64_t>*>(&word)->fetch_add(publishes << 32U);
}

std::size_t wakes_owed_in(wake_word& word, std::size_t publishes) {
  std::size_t owed = 0;
  for (std::size_t each = 0; each < publishes; ++each)
    owed += word.publish() == wake_word::published::wake_owed ? 1U : 0U;
  return owed;
}

// Invariant 3: the awake consumer's old ticket is met once in 2^31 publishes, and costs one wake.
TEST(wake_word, owes_at_most_one_needless_wake_in_2_to_the_31_publishes) {
  wake_word word(5);
  ASSERT_EQ(run(word, {arm, publish}), "asleep wake_owed ");
  move_on(word, (std::uint64_t{1} << 31U) - 10);
  EXPECT_EQ(wakes_owed_in(word, 100), 1U);
  EXPECT_EQ(run(word, {publish, observe, arm, publish}), "awake asleep wake_owed ") << "and nothing is lost by it";
}

// A ticket seen 2^31 publishes ago names the same bits, but try_arm compares the whole sequence.
TEST(wake_word, does_not_sleep_on_a_sequence_of_the_round_before) {
  wake_word word(3);
  const std::uint32_t seen = word.observe();
  move_on(word, std::uint64_t{1} << 31U);
  EXPECT_EQ(word.try_arm(seen), wake_word::armed::missed);
  EXPECT_EQ(word.disarm(seen), wake_word::disarmed::wake_coming);
}

} // namespace
} // namespace shardbridge::detail
