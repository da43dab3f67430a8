// Goal: scripts/benchmarks measures all there is and puts it into the document, and where it cannot it says so and
// leaves the document alone. Method: runs of the script in a copy of what it needs of the repository, with the program
// that is built here, as short as can be.
#include "child_program.hpp"
#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>

namespace shardbridge::bench {
namespace {

using words = std::vector<std::string>;

constexpr const char* pictures[] = {"offload.png", "cached.png", "handoff.png", "handoff-legs.png", "pressure.png"};

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator(file), {}};
}

class benchmarks_script : public testing::Test {
 protected:
  void SetUp() override {
    for (const words& needed : {words{"python3", "--version"}, words{"gnuplot", "--version"}, words{"fio", "--version"},
                                words{"pngquant", "--version"}})
      if (fixtures::run_program(needed).exit_code != 0) GTEST_SKIP() << "there is no " << needed.front();
    const std::filesystem::path from = std::filesystem::path(SHARDBRIDGE_SCRIPTS).parent_path();
    for (const char* each : {"scripts/benchmarks", "scripts/fill-results", "scripts/setup",
                             "benchmarks/compare-with-fio", "docs/benchmarks.md"}) {
      std::filesystem::create_directories((copy_ / each).parent_path());
      std::filesystem::copy_file(from / each, copy_ / each);
    }
    // Nothing is installed by a test.
    std::filesystem::create_directories(folder_ / "first");
    std::ofstream(folder_ / "first/apt-get") << "#!/bin/sh\nexit 1\n";
    std::filesystem::permissions(folder_ / "first/apt-get", std::filesystem::perms::all);
  }

  [[nodiscard]] program_result run(words arguments) const {
    arguments.insert(arguments.begin(), copy_ / "scripts/benchmarks");
    return fixtures::run_program(arguments, [this] {
      const std::string path = folder_ / "first" + ":" + ::getenv("PATH");
      return ::setenv("PATH", path.c_str(), 1) == 0 && ::setenv("TMPDIR", folder_.path().c_str(), 1) == 0;
    });
  }

  [[nodiscard]] std::string document() const { return text_of(copy_ / "docs/benchmarks.md"); }

  /// What stands between the marks, by name.
  [[nodiscard]] std::map<std::string, std::string> results_in_document() const {
    std::istringstream lines(document());
    std::map<std::string, std::string> found;
    std::string name;
    std::smatch mark;
    for (std::string line; std::getline(lines, line);) {
      if (std::regex_match(line, mark, std::regex("<!-- result: ([a-z-]+) -->")))
        found[name = mark[1]];
      else if (line == "<!-- end -->")
        name.clear();
      else if (!name.empty() && !line.starts_with("```"))
        found[name] += line + "\n";
    }
    return found;
  }

  /// Something for each mark and picture of the document.
  void make_results() const {
    std::filesystem::create_directories(results_);
    for (const auto& [name, text] : results_in_document())
      std::ofstream(results_ / (name + ".txt")) << "of " << name << "\n";
    std::ofstream(folder_ / "draw") << "set terminal pngcairo\nset output 'one.png'\nplot sin(x)\n";
    ASSERT_EQ(fixtures::run_program({"sh", "-c", "cd '" + results_.string() + "' && gnuplot ../draw"}).exit_code, 0);
    for (const char* each : pictures)
      std::filesystem::copy_file(results_ / "one.png", results_ / each);
  }

  scratch_folder folder_;
  const std::filesystem::path copy_ = folder_ / "copy";
  const std::filesystem::path results_ = folder_ / "results";
};

/// Of the temporary folder: some have no O_DIRECT, which fio and others need here.
bool has_direct(const scratch_folder& folder) {
  return run_program({"offload", "--engine", "pool", "--size", "1M", "--depth", "1", "--seconds", "0.01", "--rounds",
                      "1", "--quiet"},
                     {.temporary_folder = folder.path().string()})
             .exit_code == 0;
}

TEST_F(benchmarks_script, fills_the_document) {
  if (!has_direct(folder_)) GTEST_SKIP() << "no O_DIRECT in " << folder_.path();
  const auto before = results_in_document();
  ASSERT_GE(before.size(), 11U);
  const auto result =
      run({"--length", "smoke", "--program", SHARDBRIDGE_BENCH_PROGRAM, "--results", results_.string()});
  if (result.err.find("two CPUs") != std::string::npos) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  const auto after = results_in_document();
  EXPECT_EQ(after.size(), before.size());
  for (const auto& [name, text] : after) {
    EXPECT_NE(text, before.at(name)) << name;
    EXPECT_EQ(text, text_of(results_ / (name + ".txt"))) << name;
    EXPECT_GT(std::ranges::count(text, '\n'), 1) << name;
  }
  EXPECT_NE(after.at("offload").find("pool of 16"), std::string::npos) << after.at("offload");
  EXPECT_NE(after.at("fio").find("raw/fio"), std::string::npos) << after.at("fio");
  for (const char* each : pictures) {
    EXPECT_TRUE(text_of(copy_ / "docs/benchmarks" / each).starts_with("\x89PNG")) << each;
    EXPECT_LT(std::filesystem::file_size(copy_ / "docs/benchmarks" / each), 60U << 10) << each;
  }
  EXPECT_FALSE(std::filesystem::exists(copy_ / "build")) << "nothing was built";
}

TEST_F(benchmarks_script, fills_it_again_without_a_run) {
  make_results();
  const auto result = run({"--no-run", "--results", results_.string()});
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  for (const auto& [name, text] : results_in_document())
    EXPECT_EQ(text, "of " + name + "\n");
  EXPECT_TRUE(text_of(copy_ / "docs/benchmarks/cached.png").starts_with("\x89PNG"));
}

TEST_F(benchmarks_script, leaves_the_document_where_something_is_missing) {
  const std::string before = document();
  make_results();
  std::filesystem::remove(results_ / "echo.txt");
  const auto no_table = run({"--no-run", "--results", results_.string()});
  EXPECT_EQ(no_table.exit_code, 1);
  EXPECT_NE(no_table.err.find("there is no " + (results_ / "echo.txt").string()), std::string::npos) << no_table.err;
  EXPECT_EQ(document(), before);

  std::ofstream(results_ / "echo.txt") << "again\n";
  std::filesystem::remove(results_ / "cached.png");
  const auto no_picture = run({"--no-run", "--results", results_.string()});
  EXPECT_EQ(no_picture.exit_code, 1);
  EXPECT_NE(no_picture.err.find("docs/benchmarks.md shows benchmarks/cached.png, and there is no "), std::string::npos)
      << no_picture.err;
  EXPECT_EQ(document(), before);
}

TEST_F(benchmarks_script, ends_where_measuring_fails) {
  const std::string before = document();
  std::ofstream(folder_ / "program") << "#!/bin/sh\necho 'nothing works' >&2\nexit 1\n";
  std::filesystem::permissions(folder_ / "program", std::filesystem::perms::all);
  const auto result = run({"--length", "smoke", "--program", folder_ / "program", "--results", results_.string()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("nothing works"), std::string::npos) << result.err;
  EXPECT_EQ(document(), before);
}

TEST_F(benchmarks_script, refuses_what_it_does_not_know) {
  const std::string before = document();
  for (const auto& [arguments, sentence] :
       {std::pair(words{"--length", "long"}, "--length takes smoke, quick or full, not 'long'"),
        {words{"--length"}, "--length needs smoke, quick or full"},
        {words{"--results"}, "--results needs a folder"},
        {words{"--program", "/none"}, "--program: '/none' is no program"},
        {words{"--faster"}, "unknown argument '--faster', see --help"}}) {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << sentence;
    EXPECT_EQ(result.err, std::string("scripts/benchmarks: ") + sentence + "\n");
    EXPECT_EQ(result.out, "");
  }
  EXPECT_EQ(document(), before);
  EXPECT_NE(run({"--help"}).out.find("usage: scripts/benchmarks"), std::string::npos);
}

} // namespace
} // namespace shardbridge::bench
