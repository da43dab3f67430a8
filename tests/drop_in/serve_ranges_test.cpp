// Goal: serve_ranges answers alike with Asio's files and with the library's. Method: random requests, good and bad,
// answered by both and by the test itself.
#include "../unit/seed.hpp"
#include "random.hpp"
#include "run.hpp"

#include <gtest/gtest.h>
#include <temporary_folder.hpp>

#include <string_view>

namespace shardbridge::tests {
namespace {

class serve_ranges : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == SERVE_RANGES_WITH_ASIO_FILES && !why_no_asio_files().empty())
      GTEST_SKIP() << why_no_asio_files();
  }
  std::string answer(const std::string& requests, const std::string& jobs = "16") {
    const program_result served = run(GetParam(), {"--jobs", jobs}, requests);
    EXPECT_EQ(served.exit_code, 0) << served;
    EXPECT_EQ(served.err, "");
    return served.out;
  }

  const fixtures::temporary_folder folder;
};

TEST_P(serve_ranges, gives_the_bytes_that_are_there) {
  for (const char* const jobs : {"1", "7", "200"}) {
    const std::uint64_t seed = detail::test_seed();
    TRACE_SEED(seed);
    SCOPED_TRACE(jobs);
    random_source random(seed);
    std::vector<std::string> contents;
    for (int each = 0; each < 5; ++each) {
      contents.push_back(random.bytes(random.size(18)));
      std::ofstream(folder.path() / std::to_string(each), std::ios::binary) << contents.back();
    }
    std::string requests;
    std::string expected;
    for (int each = 0; each < 300; ++each) {
      const std::size_t which = random.upto(contents.size() - 1);
      const std::string& whole = contents[which];
      const std::uint64_t offset = random.upto(whole.size() + whole.size() / 8);
      const std::size_t length = random.size(16);
      const std::size_t there = offset < whole.size() ? std::min(length, whole.size() - offset) : 0;
      requests += std::to_string(offset) + ' ' + std::to_string(length) + ' ' + folder.path().string() + '/' +
                  std::to_string(which) + '\n';
      if (there == length)
        expected += "ok " + std::to_string(length) + '\n' + (length > 0 ? whole.substr(offset, length) : "") + '\n';
      else
        expected += "no: only " + std::to_string(there) + " of " + std::to_string(length) +
                    " bytes before the end of the file\n";
    }
    EXPECT_TRUE(answer(requests, jobs) == expected);
  }
}

TEST_P(serve_ranges, refuses_what_makes_no_sense) {
  const std::string file = folder.make_file("a file with spaces", 10);
  const std::string missing = folder.path() / "missing";
  const auto expect_answer = [&](const std::string& asked, const std::string& expected) {
    EXPECT_EQ(answer(asked + '\n'), expected + '\n') << asked;
  };
  expect_answer("0 1 " + file, std::string("ok 1\n") + static_cast<char>(fixtures::pattern_byte(0)));
  expect_answer("0 1 " + missing, "no: No such file or directory");
  expect_answer("0 0 " + missing, "no: No such file or directory");
  expect_answer("0 1 " + folder.path().string(), "no: Is a directory");
  expect_answer("10 1 " + file, "no: only 0 of 1 bytes before the end of the file");
  expect_answer("9223372036854775807 1 " + file, "no: Invalid argument");
  expect_answer("0 16777217 " + file, "no: more than 16777216 bytes");
  for (const char* const nonsense : {"", "0", "0 1", "-1 1 ", "0 1x ", "9223372036854775808 1 "})
    expect_answer(nonsense + (std::string_view(nonsense).ends_with(' ') ? file : ""), "no: not OFFSET LENGTH PATH");
}

TEST_P(serve_ranges, says_what_is_wrong_with_its_arguments) {
  const program_result unknown = run(GetParam(), {"file"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.err, "serve_ranges: unknown argument 'file', see --help\n");
  EXPECT_EQ(run(GetParam(), {"--jobs"}).err, "serve_ranges: --jobs needs a number\n");
  EXPECT_TRUE(run(GetParam(), {"--help"}).out.starts_with("usage: serve_ranges"));
}

INSTANTIATE_TEST_SUITE_P(both, serve_ranges, testing::Values(SERVE_RANGES, SERVE_RANGES_WITH_ASIO_FILES),
                         [](const auto& tested) { return tested.index == 0 ? "shardbridge" : "asio"; });

} // namespace
} // namespace shardbridge::tests
