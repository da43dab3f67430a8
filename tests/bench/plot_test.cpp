// Goal: every command that measures draws what it has measured, and `report --plot` draws the same from its JSON; where
// that cannot be, the user is told before anything is measured. Method: short runs of the program with gnuplot, and
// others whose PATH has none.
#include "common/failure.hpp"
#include "plot/gnuplot.hpp"
#include "program.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

namespace shardbridge::bench {
namespace {

using words = std::vector<std::string>;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator(file), {}};
}

void expect_png(const std::string& path) {
  const std::string bytes = bytes_of(path);
  EXPECT_TRUE(bytes.starts_with("\x89PNG\r\n\x1a\n")) << path;
  EXPECT_GT(bytes.size(), 5000U) << path;
  EXPECT_NE(bytes.find("IEND"), std::string::npos) << path << " is whole";
}

class plot : public testing::Test {
 protected:
  void SetUp() override {
    if (fixtures::run_program({"gnuplot", "--version"}).exit_code != 0) GTEST_SKIP() << "there is no gnuplot";
  }
  program_result run(const words& arguments) const {
    return run_program(arguments, {.temporary_folder = folder_.path().string()});
  }

  scratch_folder folder_;
};

/// A command on little for a short time, and what it draws.
struct drawing_command {
  words arguments;
  words pictures;
};

void PrintTo(const drawing_command& what, std::ostream* out) {
  *out << what.arguments.front();
}

class plot_of_command : public plot, public testing::WithParamInterface<drawing_command> {};

TEST_P(plot_of_command, is_drawn_at_once_and_the_same_later) {
  words arguments = GetParam().arguments;
  const std::string results = folder_ / "results.json", pictures = folder_ / "made/at once", later = folder_ / "later";
  arguments.insert(arguments.end(), {"--rounds", "2", "--json", results, "--plot", pictures});
  const auto result = run(arguments);
  if (arguments.front() == "scale" && result.exit_code == 2) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const program_result quiet = run({"report", results, "--plot", later});
  EXPECT_EQ(quiet.exit_code, 0) << quiet.err;
  EXPECT_EQ(quiet.err, "") << "gnuplot has nothing to complain of";
  EXPECT_EQ(result.err.find("warning"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("/dev/stdin"), std::string::npos) << result.err;
  words found;
  for (const auto& entry : std::filesystem::directory_iterator(pictures))
    found.push_back(entry.path().filename().string());
  std::ranges::sort(found);
  EXPECT_EQ(found, GetParam().pictures);
  for (const std::string& name : GetParam().pictures) {
    expect_png(pictures + "/" + name);
    EXPECT_EQ(bytes_of(pictures + "/" + name), bytes_of(later + "/" + name)) << name;
    EXPECT_NE(result.err.find("drawn: " + pictures + "/" + name + "\n"), std::string::npos) << result.err;
    EXPECT_NE(quiet.out.find("plot: " + later + "/" + name + "\n"), std::string::npos) << quiet.out;
  }
}

words on_file(words arguments) {
  arguments.insert(arguments.end(), {"--seconds", "0.03", "--size", "2M", "--engine", "bridge,pool,raw"});
  if (arguments.front() != "cached") arguments.emplace_back("--no-direct");
  return arguments;
}

words briefly(words arguments) {
  arguments.insert(arguments.end(), {"--seconds", "0.03"});
  return arguments;
}

INSTANTIATE_TEST_SUITE_P(
    each, plot_of_command,
    testing::Values(
        drawing_command{on_file({"offload", "--depth", "1,4", "--pool-threads", "1,2"}),
                        {"offload-latency.png", "offload.png"}},
        drawing_command{on_file({"cached", "--depth", "2", "--pool-threads", "2"}),
                        {"cached-latency.png", "cached.png"}},
        drawing_command{on_file({"sequential", "--block", "8K", "--streams", "2", "--pool-threads", "2"}),
                        {"sequential-latency.png", "sequential.png"}},
        drawing_command{
            on_file({"scale", "--producers", "1,2", "--shards", "1", "--depth", "4", "--pool-threads", "2"}),
            {"scale-latency.png", "scale.png"}},
        drawing_command{briefly({"sync", "--no-direct", "--depth", "1,2", "--engine", "bridge-grouped,pool"}),
                        {"sync-latency.png", "sync.png"}},
        drawing_command{briefly({"handoff", "--engine", "bridge,post", "--depth", "1,8", "--producers", "1"}),
                        {"handoff-latency.png", "handoff-legs.png", "handoff.png"}},
        drawing_command{briefly({"wake", "--strategy", "futex,eventfd-poll", "--state", "sleeping"}), {"wake.png"}},
        drawing_command{briefly({"fairness", "--loads", "bridge,tasks,bridge+tasks", "--size", "256K", "--no-direct",
                                 "--window", "10ms"}),
                        {"fairness.png"}},
        drawing_command{briefly({"echo", "--connections", "2", "--pipeline", "1,4"}), {"echo-latency.png", "echo.png"}},
        drawing_command{{"pressure", "--engine", "refuse,pool", "--seconds", "2", "--base-seconds", "0.2", "--drain",
                         "0.2", "--size", "2M", "--no-direct", "--pool-threads", "2"},
                        {"pressure-latency.png", "pressure.png"}}),
    [](const auto& tested) { return tested.param.arguments.front(); });

TEST_F(plot, of_memory_is_drawn_at_once_and_the_same_later) {
  const std::string results = folder_ / "memory.json", pictures = folder_ / "at once", later = folder_ / "later";
  const auto made = run({"memory", "--operations", "1000", "--stretches", "3", "--json", results, "--plot", pictures});
  if (made.err.find("io_uring cannot be used") != std::string::npos) GTEST_SKIP() << made.err;
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const program_result again = run({"report", results, "--plot", later});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.err, "") << "gnuplot has nothing to complain of";
  expect_png(pictures + "/memory.png");
  EXPECT_EQ(bytes_of(pictures + "/memory.png"), bytes_of(later + "/memory.png"));
}

TEST_F(plot, of_several_files_is_drawn_at_once) {
  const std::string one = folder_ / "one.json", other = folder_ / "other.json", echo = folder_ / "some-echo.json";
  const std::string pictures = folder_ / "pictures";
  ASSERT_EQ(run(on_file({"offload", "--depth", "1", "--rounds", "1", "--json", one, "--quiet"})).exit_code, 0);
  ASSERT_EQ(run(on_file({"offload", "--depth", "1", "--rounds", "1", "--json", other, "--quiet"})).exit_code, 0);
  ASSERT_EQ(run(briefly({"echo", "--connections", "1", "--rounds", "1", "--json", echo, "--quiet"})).exit_code, 0);
  const auto result = run({"report", one, echo, other, "--plot", pictures});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  // After the command, and where there are two of one after the file.
  for (const char* name :
       {"one.png", "one-latency.png", "other.png", "other-latency.png", "echo.png", "echo-latency.png"})
    expect_png(pictures + "/" + name);
  EXPECT_NE(result.out.find("# " + echo + "\n"), std::string::npos) << result.out;

  std::filesystem::create_directories(folder_ / "again");
  std::filesystem::copy_file(one, folder_ / "again/one.json");
  const auto twice = run({"report", one, folder_ / "again/one.json", "--plot", pictures});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_NE(twice.err.find("would both be called 'one'"), std::string::npos) << twice.err;
  const auto no_table = run({"report", echo});
  EXPECT_EQ(no_table.exit_code, 2);
  EXPECT_NE(no_table.err.find("there is no table of echo, only --plot"), std::string::npos) << no_table.err;
}

TEST_F(plot, of_a_suite_stands_beside_its_tables) {
  const auto result = run({"suite", "smoke", "--only", "wake", "--out", folder_ / "out"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_png(folder_ / "out/wake.png");
  const auto apart = run({"suite", "smoke", "--only", "wake", "--plot", folder_ / "pictures"});
  ASSERT_EQ(apart.exit_code, 0) << apart.err;
  expect_png(folder_ / "pictures/wake.png");
}

TEST_F(plot, that_cannot_be_drawn_is_told_behind_the_table) {
  std::filesystem::create_directories(folder_ / "pictures/wake.png");
  const auto result = run(briefly({"wake", "--rounds", "1", "--strategy", "futex", "--state", "sleeping", "--plot",
                                   folder_ / "pictures", "--json", folder_ / "wake.json"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("futex"), std::string::npos) << result.out;
  EXPECT_NE(result.err.find("gnuplot could not draw '" + (folder_ / "pictures/wake.png") + "'"), std::string::npos)
      << result.err;
  EXPECT_GT(std::filesystem::file_size(folder_ / "wake.json"), 0U) << "it can be drawn later";
  EXPECT_THROW(run_gnuplot(folder_ / "nonsense.png", "plot nonsense(\n"), run_failure);
}

/// It ends at once, with a sentence and nothing else.
void expect_refused(const program_result& result, int exit_code, const std::string& sentence) {
  EXPECT_EQ(result.exit_code, exit_code);
  EXPECT_EQ(result.out, "") << "nothing was measured";
  EXPECT_EQ(result.err.find("shardbridge-bench: " + sentence), 0U) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
}

TEST_F(plot, is_refused_before_the_run_where_its_folder_cannot_be_had) {
  std::ofstream(folder_ / "file") << "x";
  for (const words& command : {words{"wake"}, words{"offload"}, words{"pressure"}, words{"suite"}}) {
    words arguments = command;
    arguments.insert(arguments.end(), {"--plot", folder_ / "file/pictures"});
    expect_refused(run(arguments), 2, "--plot: cannot make the folder '" + folder_ / "file/pictures");
  }
  words system{"wake", "--plot", "/proc"};
  expect_refused(run(system), 2, "--plot '/proc' cannot be written to: ");
}

TEST_F(plot, is_refused_before_the_run_where_its_folder_belongs_to_another) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::filesystem::create_directories(folder_ / "of root");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  const auto result =
      run_program({"wake", "--plot", folder_ / "of root"}, {.temporary_folder = "/tmp", .as_nobody = true});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "the program cannot be reached as somebody else";
  expect_refused(result, 2, "--plot '" + folder_ / "of root" + "' cannot be written to: Permission denied");
}

program_result run_without_gnuplot(const scratch_folder& folder, words arguments) {
  arguments.insert(arguments.begin(), SHARDBRIDGE_BENCH_PROGRAM);
  return fixtures::run_program(arguments, [&folder] {
    return ::setenv("PATH", (folder / "none").c_str(), 1) == 0 && ::setenv("TMPDIR", folder.path().c_str(), 1) == 0;
  });
}

TEST(plot_without_gnuplot, is_refused_before_the_run) {
  const scratch_folder folder;
  const std::string sentence = "--plot needs gnuplot, which is not installed (Debian: gnuplot-nox)";
  for (const char* command : {"offload", "scale", "sync", "handoff", "wake", "fairness", "pressure", "echo", "suite"}) {
    expect_refused(run_without_gnuplot(folder, {command, "--plot", folder / "pictures"}), 1, sentence);
    EXPECT_TRUE(folder.entries().empty()) << command;
  }
}

TEST(plot_without_gnuplot, is_not_missed_by_a_suite_that_keeps_its_tables) {
  const scratch_folder folder;
  const auto result = run_without_gnuplot(folder, {"suite", "smoke", "--only", "wake", "--out", folder / "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("no pictures are drawn: gnuplot is not installed (Debian: gnuplot-nox)"), std::string::npos)
      << result.err;
  EXPECT_GT(std::filesystem::file_size(folder / "out/wake.txt"), 0U);
}

} // namespace
} // namespace shardbridge::bench
