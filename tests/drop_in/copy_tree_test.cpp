// Goal: copy_tree copies alike with Asio's files and with the library's. Method: random trees, compared entry by entry
// with what they were copied from; and what cannot be copied.
#include "../unit/seed.hpp"
#include "random.hpp"
#include "run.hpp"

#include <gtest/gtest.h>
#include <temporary_folder.hpp>

#include <iterator>
#include <map>

namespace shardbridge::tests {
namespace {

namespace fs = std::filesystem;

/// What is in a folder: for each name its kind, its mode and its bytes or where it leads.
std::map<std::string, std::string> listing(const fs::path& root) {
  std::map<std::string, std::string> out;
  for (const fs::directory_entry& each : fs::recursive_directory_iterator(root)) {
    std::string& entry = out[each.path().lexically_relative(root).string()];
    if (each.is_symlink()) {
      entry = "link " + fs::read_symlink(each.path()).string();
    } else if (each.is_directory()) {
      entry = "folder";
    } else {
      std::ifstream in(each.path(), std::ios::binary);
      entry = std::to_string(static_cast<unsigned>(each.status().permissions())) + " ";
      entry.append(std::istreambuf_iterator<char>(in), {});
    }
  }
  return out;
}

class copy_tree : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == COPY_TREE_WITH_ASIO_FILES && !why_no_asio_files().empty())
      GTEST_SKIP() << why_no_asio_files();
  }
  program_result copy(const std::string& jobs = "16") { return run(GetParam(), {"--jobs", jobs, from, to}); }

  const fixtures::temporary_folder folder;
  const std::string from = folder.path() / "from";
  const std::string to = folder.path() / "to";
};

TEST_P(copy_tree, copies_every_byte) {
  for (const char* const jobs : {"1", "3", "100"}) {
    const std::uint64_t seed = detail::test_seed();
    TRACE_SEED(seed);
    SCOPED_TRACE(jobs);
    random_source random(seed);
    fs::remove_all(from);
    fs::remove_all(to);
    make_tree(random, from, 60);
    EXPECT_EQ(copy(jobs), (program_result{.exit_code = 0, .out = {}, .err = {}}));
    EXPECT_TRUE(listing(to) == listing(from));
  }
}

TEST_P(copy_tree, overwrites_what_is_there) {
  for (const fs::path root : {from, to})
    fs::create_directory(root);
  std::ofstream(from + "/file") << "new";
  std::ofstream(to + "/file") << "old and longer";
  EXPECT_EQ(copy().exit_code, 0);
  EXPECT_TRUE(listing(to) == listing(from));
}

TEST_P(copy_tree, goes_on_after_what_cannot_be_copied) {
  fs::create_directory(from);
  std::ofstream(from + "/a") << "first";
  std::ofstream(from + "/b") << "second";
  fs::create_directories(to + "/a");
  const program_result copied = copy();
  EXPECT_EQ(copied.exit_code, 1);
  EXPECT_EQ(copied.err, "copy_tree: " + from + "/a: Is a directory\n");
  EXPECT_EQ(listing(to), (std::map<std::string, std::string>{{"a", "folder"}, {"b", listing(from)["b"]}}));
}

TEST_P(copy_tree, says_what_is_wrong) {
  const auto expect_said = [](const program_result& told, int exit_code, const std::string& part) {
    EXPECT_EQ(told.exit_code, exit_code);
    EXPECT_NE(told.err.find(part), std::string::npos) << told.err;
  };
  expect_said(copy(), 3, "No such file or directory");
  EXPECT_FALSE(fs::exists(to));
  expect_said(run(GetParam(), {from}), 2, "needs two folders");
  expect_said(run(GetParam(), {"--jobs", "0", from, to}), 2, "--jobs '0' is not a number from 1 to 1024");
  expect_said(run(GetParam(), {from, from + "/inside"}), 2, "cannot copy a folder into itself");
  EXPECT_TRUE(run(GetParam(), {"--help"}).out.starts_with("usage: copy_tree"));
}

INSTANTIATE_TEST_SUITE_P(both, copy_tree, testing::Values(COPY_TREE, COPY_TREE_WITH_ASIO_FILES),
                         [](const auto& tested) { return tested.index == 0 ? "shardbridge" : "asio"; });

} // namespace
} // namespace shardbridge::tests
