// Goal: `probe` says what works on a machine and what shards come to there, whatever is missing. Method: the program as
// it is, and with descriptors for no ring.
#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/resource.h>

namespace shardbridge::bench {
namespace {

using json = nlohmann::json;

TEST(probe, says_what_works_and_what_shards_run_on) {
  const program_result ended = run_program({"probe"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  for (const char* const title : {"What shards run on", "Limits and settings", "A ring with", "Registered with a ring",
                                  "Operations", "RLIMIT_MEMLOCK", "DEFER_TASKRUN", "LINK_TIMEOUT", "RECV, multishot"})
    EXPECT_NE(ended.out.find(title), std::string::npos) << title << " in:\n" << ended.out;
}

TEST(probe, writes_json_beside_it) {
  const program_result ended = run_program({"probe", "--json", "-"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(ended.err.find("What shards run on"), std::string::npos);
  const json found = json::parse(ended.out);
  EXPECT_EQ(found["environment"]["program"], "shardbridge-bench");
  for (const char* const key : {"backend", "limits", "setup"})
    EXPECT_FALSE(found[key].empty()) << key;
  const std::string chosen = found["backend"]["automatic"]["detail"];
  EXPECT_TRUE(chosen == "io_uring" || chosen == "thread_pool") << chosen;
  // A ring without flags is there if anything is.
  EXPECT_EQ(found["setup"]["no flags"]["works"].get<bool>(), !found["operations"].empty());
}

TEST(probe, says_why_nothing_works) {
  const auto no_descriptors = [] {
    const rlimit most{4, 4}; // the fourth is what the loader needs
    return ::setrlimit(RLIMIT_NOFILE, &most) == 0;
  };
  const program_result ended = fixtures::run_program({SHARDBRIDGE_BENCH_PROGRAM, "probe"}, no_descriptors);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(ended.out.find("  automatic                           no: "), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("Too many open files"), std::string::npos) << ended.out;
}

TEST(probe, refuses_what_it_cannot_write) {
  const program_result ended = run_program({"probe", "--json", "/nowhere/probe.json"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_NE(ended.err.find("--json '/nowhere/probe.json' cannot be written"), std::string::npos) << ended.err;
}

} // namespace
} // namespace shardbridge::bench
