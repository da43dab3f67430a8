// Goal: a suite runs its steps one after the other, says how long that will take, keeps what they found, and goes on
// behind one that fails. Method: its plan by itself; short runs of the program, ended by an interrupt where a step
// would take long, and in a temporary folder that is too small for one step.
#include "common/failure.hpp"
#include "common/time_left.hpp"
#include "program.hpp"
#include "sentence_of.hpp"
#include "suite/plan.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>

namespace shardbridge::bench {
namespace {

std::vector<suite_step> three_steps() {
  return {{"first", "", {}, 10}, {"second", "", {}, 20}, {"third", "", {}, 30}};
}

TEST(suite_plan, takes_about_what_it_says) {
  const auto seconds = [](suite_length length) {
    const auto steps = plan_suite(length);
    return std::accumulate(steps.begin(), steps.end(), 0.0,
                           [](double sum, const auto& step) { return sum + step.seconds; });
  };
  EXPECT_LE(seconds(suite_length::smoke), 15);
  EXPECT_LE(seconds(suite_length::quick), 75);
  EXPECT_LE(seconds(suite_length::full), 16 * 60);
  EXPECT_GE(seconds(suite_length::full), 5 * seconds(suite_length::quick));
}

TEST(suite_plan, has_steps_that_the_program_understands) {
  const scratch_folder folder;
  for (const auto length : {suite_length::smoke, suite_length::quick, suite_length::full}) {
    std::set<std::string> names;
    for (const suite_step& step : plan_suite(length)) {
      EXPECT_TRUE(names.insert(step.name).second) << step.name;
      auto arguments = step.arguments;
      arguments.insert(arguments.end(), {"--json", folder / "missing/results.json"});
      const auto result = run_program(arguments);
      EXPECT_EQ(result.exit_code, 2) << step.name << ": " << result.err;
      EXPECT_NE(result.err.find("missing"), std::string::npos) << "all but the file is fine: " << result.err;
    }
  }
}

TEST(suite_plan, has_an_open_loop) {
  const auto has_rate = [](const suite_step& step) {
    return std::ranges::find(step.arguments, "--rate") != step.arguments.end();
  };
  for (const auto length : {suite_length::smoke, suite_length::quick, suite_length::full})
    EXPECT_EQ(std::ranges::count_if(plan_suite(length), has_rate), 1);
}

TEST(suite_plan, leaves_out_what_is_not_wanted) {
  const auto some = only(three_steps(), "--only", {"third", "first"});
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].name, "first");
  EXPECT_EQ(some[1].name, "third");
  EXPECT_EQ(sentence_of([] { only(three_steps(), "--only", {"fourth"}); }),
            "--only takes some of first, second, third, not 'fourth'");
  EXPECT_EQ(sentence_of([] { parse_suite_length("LENGTH", "long"); }), "LENGTH takes smoke, quick or full, not 'long'");
}

TEST(suite_plan, expects_the_pace_that_was_kept) {
  const auto steps = three_steps();
  EXPECT_DOUBLE_EQ(seconds_left(steps, 3, 0), 60) << "nothing is known yet";
  EXPECT_DOUBLE_EQ(seconds_left(steps, 2, 20), 100) << "half as fast";
  EXPECT_DOUBLE_EQ(seconds_left(steps, 1, 30), 30);
  EXPECT_DOUBLE_EQ(seconds_left(steps, 0, 60), 0);
}

TEST(time_left, is_rounded) {
  EXPECT_EQ(time_left_text(0.2), "about 1 s left");
  EXPECT_EQ(time_left_text(19.5), "about 20 s left");
  EXPECT_EQ(time_left_text(44), "about 40 s left");
  EXPECT_EQ(time_left_text(89), "about 90 s left");
  EXPECT_EQ(time_left_text(200), "about 3 min left");
  EXPECT_DOUBLE_EQ(rest_of(0.25, 10), 30);
  EXPECT_DOUBLE_EQ(rest_of(1, 10), 0);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator(file), {}};
}

TEST(suite, keeps_what_its_steps_found) {
  const scratch_folder folder;
  const std::string out = folder / "results/of/today";
  const auto result = run_program({"suite", "--only", "wake", "--out", out});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("wake, 1 of 1, about "), std::string::npos) << result.err;
  const std::string table = text_of(out + "/wake.txt");
  EXPECT_NE(table.find("eventfd-poll"), std::string::npos) << table;
  EXPECT_NE(result.out.find(table), std::string::npos) << result.out;
  EXPECT_TRUE(nlohmann::json::parse(text_of(out + "/wake.json")).contains("environment"));
}

TEST(suite, ends_with_the_step_that_is_interrupted) {
  const scratch_folder folder;
  program_run running({"suite", "full", "--only", "handoff,wake", "--out", folder / "out"});
  ASSERT_TRUE(running.wait_until([&] { return running.err_so_far().find("round 2 of") != std::string::npos; }))
      << running.err_so_far();
  running.signal(SIGINT);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(text_of(folder / "out/handoff.txt").find("bridge"), std::string::npos);
  EXPECT_EQ(result.err.find("wake, 2 of 2"), std::string::npos) << result.err;
  EXPECT_EQ(text_of(folder / "out/wake.txt"), "");
}

TEST(suite, goes_on_behind_a_step_that_fails) {
  const scratch_folder folder;
  const auto result =
      run_program({"suite", "--only", "offload,wake", "--quiet"}, {.temporary_folder = folder / "none"});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_NE(result.err.find("shardbridge-bench: offload: "), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("eventfd-poll"), std::string::npos) << result.out;
}

TEST(suite, says_which_table_it_cannot_keep) {
  const scratch_folder folder;
  std::filesystem::create_directories(folder / "wake.txt");
  const auto result = run_program({"suite", "--only", "wake", "--out", folder.path(), "--quiet"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("cannot write '" + (folder / "wake.txt") + "'"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("eventfd-poll"), std::string::npos) << "it is printed all the same: " << result.out;
}

TEST(suite, names_what_cannot_be_used) {
  const scratch_folder folder;
  std::ofstream(folder / "file") << "x";
  const auto no_folder = run_program({"suite", "--out", folder / "file/results"});
  EXPECT_EQ(no_folder.exit_code, 2);
  EXPECT_NE(no_folder.err.find("--out: cannot make the folder"), std::string::npos) << no_folder.err;
  EXPECT_EQ(run_program({"suite", "long"}).exit_code, 2);
  EXPECT_EQ(run_program({"suite", "--only", "nothing"}).exit_code, 2);
}

} // namespace
} // namespace shardbridge::bench
