// Goal: what several commands can be asked for is checked alike and explained alike. Method: the parser of the options
// on texts, and the help of each command that measures.
#include "common/run_options.hpp"
#include "program.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace shardbridge::bench {
namespace {

constexpr auto measuring = {"offload", "cached", "sequential", "scale",    "sync",
                            "handoff", "wake",   "fairness",   "pressure", "echo"};

std::string answer_to(const run_texts& texts) {
  return sentence_of([&] {
    run_options options;
    parse_run(texts, options);
  });
}

TEST(run_options, are_what_the_texts_say) {
  run_texts texts("0.5", "3");
  texts.json = "-";
  texts.plot = "folder";
  texts.quiet = true;
  run_options options;
  parse_run(texts, options);
  EXPECT_DOUBLE_EQ(options.seconds, 0.5);
  EXPECT_EQ(options.rounds, 3U);
  EXPECT_EQ(options.json, "-");
  EXPECT_EQ(options.plot, "folder");
  EXPECT_TRUE(options.quiet);
}

TEST(run_options, that_cannot_be_get_a_sentence) {
  EXPECT_EQ(answer_to({"1", "1"}), "accepted");
  EXPECT_EQ(answer_to({"0", "1"}), "--seconds '0' must be more than 0");
  EXPECT_EQ(answer_to({"1", "0"}), "--rounds '0' must be at least 1");
  EXPECT_EQ(answer_to({"1", "10001"}), "--rounds '10001' must be at most 10000");
}

/// Option by option what `--help` says, without defaults.
std::map<std::string, std::string> explained(const std::string& command) {
  std::istringstream help(run_program({command, "--help"}).out);
  std::map<std::string, std::string> found;
  std::string last;
  for (std::string line; std::getline(help, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, std::regex(R"( {2}(--[a-z-]+)\S*(?: [A-Z]+\S*)?\s*(.*))")))
      found[last = parts[1]] = parts[2];
    else if (line.starts_with("          "))
      found[last] += " " + line.substr(line.find_first_not_of(' '));
    else
      last.clear();
  }
  return found;
}

TEST(run_options, are_explained_alike_by_every_command) {
  for (const char* option : {"--rounds", "--json", "--plot", "--quiet"}) {
    std::set<std::string> texts;
    for (const char* command : measuring) {
      const auto all = explained(command);
      ASSERT_TRUE(all.contains(option)) << command;
      texts.insert(all.at(option));
    }
    EXPECT_EQ(texts.size(), 1U) << option << ": " << testing::PrintToString(texts);
    EXPECT_GT(texts.begin()->size(), 10U) << *texts.begin();
  }
}

TEST(run_options, have_the_defaults_of_each_command) {
  for (const auto& [command, seconds, rounds] :
       {std::tuple("offload", "1", "5"), {"fairness", "0.5", "3"}, {"pressure", "5", "3"}}) {
    const std::string help = run_program({command, "--help"}).out;
    EXPECT_NE(help.find(std::string("--seconds SECONDS=") + seconds + " "), std::string::npos) << help;
    EXPECT_NE(help.find(std::string("--rounds N=") + rounds + " "), std::string::npos) << help;
  }
}

} // namespace
} // namespace shardbridge::bench
