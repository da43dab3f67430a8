// Goal: the program finds every harm that it is there to find, says which, and ends as it says. Method: it is run with
// one planted, and with none; and as users run it.
#include <gtest/gtest.h>

#include <child_program.hpp>

#include <csignal>
#include <fstream>
#include <sstream>

namespace {

using shardbridge::fixtures::child_program;
using shardbridge::fixtures::program_result;
using shardbridge::fixtures::run_program;

program_result soak(std::vector<std::string> words) {
  words.insert(words.begin(), SHARDBRIDGE_SOAK);
  return run_program(std::move(words));
}

void expect_found(const std::string& harm, const std::string& sentence, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"--seconds", "8", "--faults", "0", "--backend", "thread_pool", "--plant", harm};
  words.insert(words.end(), more.begin(), more.end());
  const program_result told = soak(words);
  EXPECT_EQ(told.exit_code, 1) << told.out << told.err;
  EXPECT_NE(told.out.find("WRONG: "), std::string::npos) << told.out;
  EXPECT_NE(told.out.find(sentence), std::string::npos) << told.out << told.err;
  EXPECT_NE(told.out.find("verdict: something is wrong"), std::string::npos) << told.out;
}

TEST(a_soak, finds_a_lost_completion) {
  expect_found("lost-completion", "nop: ");
}

TEST(a_soak, finds_wrong_data) {
  expect_found("wrong-data", "wrong data in ");
}

TEST(a_soak, finds_a_descriptor_that_was_left_open) {
  expect_found("leaked-descriptor", "descriptors are open, and ");
}

TEST(a_soak, finds_memory_that_was_lost) {
  expect_found("leaked-memory", "the heap in use has grown from ");
}

TEST(a_soak, finds_a_hang_and_tells_of_what_hangs) {
  expect_found("hang", "no quiet point: somebody has not ended for 3 s", {"--patience", "3"});
  const program_result told =
      soak({"--seconds", "8", "--faults", "0", "--backend", "io_uring", "--plant", "hang", "--patience", "3"});
  if (told.err.find("io_uring cannot be used") != std::string::npos) GTEST_SKIP() << told.err;
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_NE(told.out.find("io_uring: read: 1 under way"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("tasks of shard 1:"), std::string::npos) << told.out;
}

TEST(a_soak, ends_early_and_tells_what_was_done) {
  child_program running({SHARDBRIDGE_SOAK, "--minutes", "5", "--seed", "4711", "--backend", "thread_pool"});
  ASSERT_TRUE(running.wait_until([&] { return running.out_so_far().find("gone") != std::string::npos; }));
  running.signal(SIGINT);
  const program_result told = running.wait();
  EXPECT_EQ(told.exit_code, 0) << told.out << told.err;
  EXPECT_NE(told.out.find("(300.0 asked for), seed 4711"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("verdict: nothing is wrong"), std::string::npos) << told.out;
}

TEST(a_soak, refuses_what_makes_no_sense) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--backend", "epoll"},
                                                {"--seconds", "0"},
                                                {"--faults", "101"},
                                                {"--plant", "a-tree"},
                                                {"--minutes", "1", "--seconds", "1"}}) {
    const program_result told = soak(words);
    EXPECT_EQ(told.exit_code, 2) << words.front();
    EXPECT_NE(told.err, "") << words.front();
  }
  const program_result help = soak({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("Exit codes: 0 nothing is wrong, 1 something is, 2"), std::string::npos);
}

TEST(a_soak, writes_what_it_tells_for_programs_too) {
  const shardbridge::fixtures::temporary_folder folder;
  const std::string file = folder.path() / "soak.json";
  const program_result told = soak({"--seconds", "1", "--faults", "0", "--seed", "3", "--json", file});
  EXPECT_EQ(told.exit_code, 0) << told.out << told.err;
  if (told.out.find("left out: io_uring cannot be used") != std::string::npos) GTEST_SKIP() << told.out;
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  for (const char* const part : {"\"seed\": 3", "\"io_uring\"", "\"thread_pool\"", "\"wrong\": 0", "\"shard::call\""})
    EXPECT_NE(text.str().find(part), std::string::npos) << part;
}

} // namespace
