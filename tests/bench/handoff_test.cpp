// Goal: a run measures every engine, loses no operation, and says so in tables and in JSON that programs can rely on.
// Method: the program, for fractions of a second. Figures are not judged: a test machine is busy.

#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"handoff", "--seconds", "0.04", "--rounds", "2", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_spread(const nlohmann::json& value) {
  EXPECT_LE(value.at("min"), value.at("median")) << value;
  EXPECT_LE(value.at("median"), value.at("max")) << value;
  EXPECT_GE(value.at("min").get<double>(), 0) << value;
}

void expect_percentiles(const nlohmann::json& of) {
  for (const char* key : {"p50_us", "p99_us", "p999_us"})
    expect_spread(of.at(key));
  for (const char* which : {"min", "median", "max"}) {
    EXPECT_LE(of.at("p50_us").at(which), of.at("p99_us").at(which)) << of;
    EXPECT_LE(of.at("p99_us").at(which), of.at("p999_us").at(which)) << of;
  }
}

void expect_sane(const nlohmann::json& row) {
  expect_spread(row.at("ops_per_s"));
  EXPECT_GT(row.at("ops_per_s").at("min").get<double>(), 0) << row;
  expect_percentiles(row);
  EXPECT_GT(row.at("p50_us").at("max").get<double>(), 0) << row;
  expect_spread(row.at("cpu_us_per_op"));
  expect_spread(row.at("fairness"));
  EXPECT_LE(row.at("fairness").at("max").get<double>(), 1) << row;
  EXPECT_GT(row.at("operations").get<std::uint64_t>(), 0U) << row;
  EXPECT_EQ(row.at("initiated"), row.at("operations")) << row;
  EXPECT_EQ(row.at("errors"), 0) << row;

  const std::string engine = row.at("engine");
  const auto& legs = row.at("legs");
  for (const char* leg : {"request_wait", "ring", "reply_wait", "handler"})
    if (!legs.at(leg).is_null()) expect_percentiles(legs.at(leg));
  EXPECT_FALSE(legs.at("request_wait").is_null()) << engine;
  EXPECT_FALSE(legs.at("reply_wait").is_null()) << engine;
  EXPECT_EQ(legs.at("ring").is_null(), engine != "bridge") << engine;
  EXPECT_EQ(legs.at("handler").is_null(), engine != "bridge" && engine != "call") << engine;
}

TEST(handoff, json_has_every_engine_and_value_in_every_combination) {
  const auto result = run_program(quick({"--depth", "1,32", "--producers", "1,8", "--shards", "1,2", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("channel"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  for (const char* key : {"kernel", "cpu", "cores", "compiler", "flags", "client_threads", "syscalls", "interrupted"})
    EXPECT_TRUE(json.at("environment").contains(key)) << key;
  const bool counted = json.at("environment").at("syscalls") == "counted";

  std::map<std::string, int> rows;
  for (const auto& row : json.at("results")) {
    ++rows[row.at("engine").get<std::string>()];
    expect_sane(row);
    EXPECT_EQ(row.at("rounds"), 2);
    EXPECT_EQ(row.at("syscalls_per_op").is_null(), !counted);
    if (counted) expect_spread(row.at("syscalls_per_op"));
    if (row.at("producers") == 1) {
      EXPECT_EQ(row.at("fairness").at("min"), 1) << row;
    }
  }
  EXPECT_EQ(rows, (std::map<std::string, int>{{"bridge", 8}, {"call", 8}, {"channel", 8}, {"pool", 8}, {"post", 8}}));
}

// By design, not by speed: asleep, an operation alone needs an eventfd write each way, two entries of the ring, and
// what Asio's reactor does about a descriptor, eight calls in all; batches share them. What the beginning and the end
// of a round call is spread over its operations.
TEST(handoff, bridges_make_few_system_calls) {
  const auto result = run_program(quick({"--engine", "bridge", "--depth", "1,128", "--producers", "1", "--spin-us", "0",
                                         "--seconds", "0.5", "--rounds", "5", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto parsed = nlohmann::json::parse(result.out);
  if (parsed.at("environment").at("syscalls") != "counted") GTEST_SKIP() << parsed.at("environment").at("syscalls");
  const auto calls = [&](std::size_t row) {
    return parsed.at("results").at(row).at("syscalls_per_op").at("median").get<double>();
  };
  constexpr double once_a_round = 100;
  const double operations_a_round = parsed.at("results").at(0).at("operations").get<double>() / 5;
  EXPECT_LE(calls(0), 8 + once_a_round / operations_a_round);
  EXPECT_LE(calls(1), 2) << "of many at once a batch shares its calls; how large it is depends on the machine";
}

TEST(handoff, several_client_threads_lose_nothing) {
  const auto result = run_program(quick({"--depth", "1,256", "--producers", "64", "--client-threads", "3", "--shards",
                                         "2", "--rounds", "3", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto parsed = nlohmann::json::parse(result.out);
  for (const auto& row : parsed.at("results")) {
    expect_sane(row);
    EXPECT_EQ(row.at("client_threads"), 3);
  }
}

TEST(handoff, runs_on_one_core_and_without_looking_again) {
  const auto result =
      run_program(quick({"--depth", "1,16", "--producers", "1", "--same-core", "--spin-us", "0", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto parsed = nlohmann::json::parse(result.out);
  for (const auto& row : parsed.at("results")) {
    expect_sane(row);
    EXPECT_EQ(row.at("same_core"), true);
    EXPECT_EQ(row.at("spin_us"), 0);
  }
}

TEST(handoff, a_normal_user_is_told_that_nothing_is_counted) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const auto result = run_program({"handoff", "--engine", "post", "--depth", "1", "--producers", "1", "--seconds",
                                   "0.04", "--rounds", "1", "--json", "-"},
                                  {.temporary_folder = "/tmp", .as_nobody = true});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "the program cannot be reached as somebody else";
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("shardbridge-bench: system calls are not counted: "), std::string::npos) << result.err;
  EXPECT_TRUE(nlohmann::json::parse(result.out).at("results").at(0).at("syscalls_per_op").is_null());
}

TEST(handoff, an_interrupt_ends_it_early_with_what_there_is) {
  const scratch_folder folder;
  const std::string results = folder / "results.json";
  program_run running({"handoff", "--engine", "post", "--depth", "1", "--producers", "1", "--seconds", "0.1",
                       "--rounds", "10000", "--json", results});
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  const auto begun = [&] { return running.err_so_far().find("round 1 of") != std::string::npos; };
  while (!begun() && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(50ms);
  std::this_thread::sleep_for(500ms);
  running.signal(SIGINT);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.out.find("post"), std::string::npos) << result.out << result.err;
  std::ifstream file(results);
  EXPECT_TRUE(nlohmann::json::parse(file).at("environment").at("interrupted").get<bool>());
}

TEST(handoff, what_cannot_be_used_gets_one_sentence) {
  for (const auto& [arguments, sentence] :
       {std::pair<std::vector<std::string>, const char*>{{"--depth", "0"}, "--depth '0' must be at least 1"},
        {{"--producers", "0"}, "--producers '0' must be at least 1"},
        {{"--engine", "warp"}, "--engine 'warp' is unknown"},
        {{"--shards", "100000"}, "--shards '100000' must be at most"},
        {{"--spin-us", "-1"}, "--spin-us '-1' must not be negative"},
        {{"--json", "/none/such/r.json"}, "--json '/none/such/r.json' cannot be written"},
        {{"--warp"}, "--warp"}}) {
    const auto result = run_program(quick(arguments));
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_NE(result.err.find(sentence), std::string::npos) << result.err;
  }
}

TEST(handoff, help_says_what_engines_and_producers_are) {
  const auto help = run_program({"handoff", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* part : {"Engines:", "A producer is", "Examples:", "Exit codes:", "--same-core", "--spin-us"})
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
}

} // namespace
} // namespace shardbridge::bench
