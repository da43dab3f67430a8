// Goal: scripts/fill-results puts results where a document wants them, and leaves it alone where something is missing.
// Method: runs of the script on documents made here.
#include "child_program.hpp"
#include "program.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace shardbridge::bench {
namespace {

class fill_results : public testing::Test {
 protected:
  void SetUp() override {
    if (fixtures::run_program({"python3", "--version"}).exit_code != 0) GTEST_SKIP() << "there is no python3";
    write("one.txt", "\nrate  7\nbytes 8  \n");
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::string document() const {
    std::ifstream file(folder_ / "document.md");
    return {std::istreambuf_iterator(file), {}};
  }
  program_result run() const {
    return fixtures::run_program({SHARDBRIDGE_SCRIPTS "/fill-results", folder_ / "document.md", folder_.path()});
  }

  scratch_folder folder_;
};

constexpr const char* filled = "# Title\n<!-- result: one -->\n```text\nrate  7\nbytes 8\n```\n<!-- end -->\nmore\n";

TEST_F(fill_results, puts_each_where_it_is_wanted) {
  write("document.md", "# Title\n<!-- result: one -->\nold\n<!-- end -->\nmore\n");
  EXPECT_EQ(run().exit_code, 0);
  EXPECT_EQ(document(), filled);
  EXPECT_EQ(run().exit_code, 0) << "again";
  EXPECT_EQ(document(), filled);
}

TEST_F(fill_results, leaves_the_document_where_something_is_missing) {
  for (const auto& [text, reason] :
       {std::pair("<!-- result: two -->\n<!-- end -->\n", "line 1: there is no "),
        {"<!-- result: one -->\nold\n", "the result 'one' has no end"},
        {"<!-- result: one -->\n<!-- result: one -->\n", "line 2: the result 'one' has no end"},
        {"old\n<!-- end -->\n", "line 2: an end without a beginning"}}) {
    write("document.md", text);
    const program_result result = run();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find(reason), std::string::npos) << result.err;
    EXPECT_EQ(document(), text);
  }
}

} // namespace
} // namespace shardbridge::bench
