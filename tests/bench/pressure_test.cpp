// Goal: a run puts every engine under pressure, bounds what it says is bounded, says so in tables, in JSON that
// programs can rely on and in a plot, and leaves nothing behind. Method: the program, for fractions of a second.
// Figures are not judged: a test machine is busy.

#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"pressure",
                                     "--seconds",
                                     "0.2",
                                     "--base-seconds",
                                     "0.1",
                                     "--drain",
                                     "0.1",
                                     "--rounds",
                                     "1",
                                     "--size",
                                     "4M",
                                     "--max-ops",
                                     "32",
                                     "--quiet",
                                     "--max-waiters",
                                     "256",
                                     "--memory-limit",
                                     "1G"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// --direct where the test's folder has it.
std::string direct_option(const scratch_folder& folder) {
  static const std::string option = [&] {
    const auto first = run_program({"offload", "--seconds", "0.01", "--rounds", "1", "--size", "1M", "--engine", "pool",
                                    "--pool-threads", "1", "--depth", "1", "--quiet"},
                                   {.temporary_folder = folder.path().string()});
    return first.err.find("O_DIRECT") != std::string::npos ? "--no-direct" : "--direct";
  }();
  return option;
}

void expect_spread(const nlohmann::json& value) {
  EXPECT_LE(value.at("min"), value.at("median")) << value;
  EXPECT_LE(value.at("median"), value.at("max")) << value;
  EXPECT_GE(value.at("min").get<double>(), 0) << value;
}

std::uint64_t sum_of(const nlohmann::json& samples, const char* phase, const char* count) {
  std::uint64_t sum = 0;
  for (const auto& each : samples)
    if (each.at("phase") == phase) sum += each.at(count).get<std::uint64_t>();
  return sum;
}

void expect_sane(const nlohmann::json& row) {
  for (const char* key : {"capacity", "base", "offered", "admitted", "completed", "refused"})
    expect_spread(row.at("per_second").at(key));
  for (const char* key : {"before_mib", "settled_mib", "peak_mib"})
    EXPECT_GT(row.at("memory").at(key).at("min").get<double>(), 0) << key;
  for (const char* phase : {"base", "overload"})
    for (const char* from : {"from_initiation", "from_admission"})
      for (const char* quantile : {"p50_ms", "p99_ms", "p999_ms", "max_ms"})
        expect_spread(row.at(phase).at(from).at(quantile));
  EXPECT_LE(row.at("overload").at("from_admission").at("p99_ms").at("median"),
            row.at("overload").at("from_initiation").at("p99_ms").at("median"))
      << row.at("engine");
  EXPECT_LE(row.at("overload").at("from_initiation").at("p99_ms").at("median"),
            row.at("overload").at("from_intended").at("p99_ms").at("median"))
      << row.at("engine");
  for (const char* from : {"from_initiation", "from_admission"})
    EXPECT_GT(row.at("p99_ratio").at(from).at("median").get<double>(), 0);

  for (const char* phase : {"base", "overload"}) {
    const auto& ended = row.at(phase).at("operations");
    EXPECT_EQ(ended.at("errors"), 0);
    EXPECT_EQ(ended.at("offered").get<std::uint64_t>(), ended.at("completed").get<std::uint64_t>() +
                                                            ended.at("refused").get<std::uint64_t>() +
                                                            ended.at("abandoned").get<std::uint64_t>())
        << ended;
  }
  const auto& samples = row.at("samples");
  if (row.at("rounds") == 1) { // samples are those of the first
    EXPECT_EQ(sum_of(samples, "overload", "offered"), row.at("overload").at("operations").at("offered"));
  }
  double t = -1;
  for (const auto& each : samples) {
    EXPECT_GT(each.at("t").get<double>(), t);
    t = each.at("t").get<double>();
    EXPECT_GT(each.at("resident").get<std::uint64_t>(), 0U);
  }
  EXPECT_EQ(samples.back().at("queue"), 0) << "everything has ended";
  EXPECT_EQ(samples.back().at("level"), 0);
}

TEST(pressure, json_has_every_engine_and_bounds_hold) {
  const scratch_folder folder;
  const auto result = run_program(quick({direct_option(folder), "--pool-threads", "2", "--json", "-"}),
                                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("pool of 2"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  for (const char* key : {"kernel", "cpu", "cores", "compiler", "flags", "file", "file_system", "size", "interrupted"})
    EXPECT_TRUE(json.at("environment").contains(key)) << key;
  EXPECT_EQ(json.at("setting").at("load"), 10);
  EXPECT_NEAR(json.at("setting").at("overload_rate").get<double>(),
              json.at("setting").at("device_rate").get<double>() * 10, 1);
  ASSERT_EQ(json.at("results").size(), 3U);
  for (const auto& row : json.at("results"))
    expect_sane(row);

  const auto& refuse = json.at("results").at(0);
  EXPECT_EQ(refuse.at("engine"), "refuse");
  EXPECT_LE(refuse.at("longest_queue").at("max"), 32);
  EXPECT_GT(refuse.at("overload").at("operations").at("refused"), 0);
  const auto& wait = json.at("results").at(1);
  EXPECT_EQ(wait.at("engine"), "wait");
  EXPECT_LE(wait.at("longest_queue").at("max"), 32 + 256 + 32) << "two words are read, one after the other";
  // What is refused is on its way back, of each producer's burst and on to the next.
  EXPECT_LE(refuse.at("most_operations").at("max"), 32 + 4 * 64 * 2 + 64);
  EXPECT_LE(wait.at("most_operations").at("max"), 32 + 256 + 4 * 64 * 2 + 64);
  for (const auto* bridge : {&refuse, &wait}) {
    EXPECT_TRUE(bridge->at("levels").at("all_told").get<bool>()) << bridge->at("levels");
    EXPECT_TRUE(bridge->at("pool_threads").is_null());
  }
  const auto& pool = json.at("results").at(2);
  EXPECT_EQ(pool.at("pool_threads"), 2);
  EXPECT_EQ(pool.at("overload").at("operations").at("refused"), 0);
  EXPECT_GT(pool.at("longest_queue").at("max"), refuse.at("longest_queue").at("max"));
  EXPECT_TRUE(folder.entries().empty());
}

TEST(pressure, several_of_everything) {
  const scratch_folder folder;
  const std::string file = make_verified_file(folder, 256);
  const auto result = run_program(
      quick({direct_option(folder), "--engine", "wait,refuse", "--file", file, "--rate", "30000", "--shards", "2",
             "--client-threads", "3", "--producers", "7", "--rounds", "2", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_TRUE(json.at("setting").at("load").is_null());
  EXPECT_TRUE(json.at("setting").at("device_rate").is_null()) << "nobody looked";
  EXPECT_EQ(json.at("setting").at("overload_rate"), 30000);
  ASSERT_EQ(json.at("results").size(), 2U);
  EXPECT_EQ(json.at("results").at(0).at("engine"), "wait") << "in the order asked for";
  for (const auto& row : json.at("results")) {
    expect_sane(row);
    EXPECT_EQ(row.at("rounds"), 2);
  }
  EXPECT_EQ(folder.entries(), (std::vector<std::string>{"blocks"}));
}

TEST(pressure, an_overload_ends_at_the_memory_limit) {
  const scratch_folder folder;
  const auto result = run_program(quick({direct_option(folder), "--engine", "pool", "--pool-threads", "1", "--rate",
                                         "1000000", "--seconds", "10", "--memory-limit", "24M"}),
                                  {.temporary_folder = folder.path().string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("at the memory limit of 24 MiB"), std::string::npos) << result.out;
}

TEST(pressure, an_interrupt_prints_what_is_done) {
  const scratch_folder folder;
  const std::string results = folder / "results.json";
  program_run running({"pressure", direct_option(folder), "--engine", "refuse,pool", "--size", "1M", "--rate", "5000",
                       "--seconds", "60", "--base-seconds", "0.1", "--json", results},
                      {.temporary_folder = folder.path().string()});
  // The warm-up takes a second; then comes the base load, and the overload.
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (running.err_so_far().find("refuse: warm-up") == std::string::npos &&
         std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(1600ms);
  running.signal(SIGINT);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.out.find("\nrefuse "), std::string::npos) << result.out << result.err;
  std::ifstream file(results);
  const auto json = nlohmann::json::parse(file);
  EXPECT_TRUE(json.at("environment").at("interrupted").get<bool>());
  ASSERT_EQ(json.at("results").size(), 1U);
  EXPECT_LT(json.at("results").at(0).at("overload_seconds").at("max").get<double>(), 50);
}

TEST(pressure, a_stall_is_seen_by_all_and_survived) {
  const auto result = run_program({"pressure", "--device",       "stall",  "--stall",   "0.4", "--seconds",
                                   "0.9",      "--base-seconds", "0.1",    "--drain",   "0.5", "--rounds",
                                   "1",        "--device-rate",  "5000",   "--max-ops", "32",  "--engine",
                                   "refuse",   "--quiet",        "--json", "-"});
  if (result.exit_code == 2) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto row = nlohmann::json::parse(result.out).at("results").at(0);
  expect_sane(row);
  std::uint64_t during = 0;
  std::uint64_t after = 0;
  for (const auto& each : row.at("samples")) {
    const auto t = each.at("t").get<double>();
    if (t - each.at("seconds").get<double>() > 0.35 && t < 0.64) {
      during += each.at("completed").get<std::uint64_t>();
      EXPECT_LE(each.at("queue"), 32);
      EXPECT_EQ(each.at("level"), 2) << each;
    }
    if (t > 0.66) after += each.at("completed").get<std::uint64_t>();
  }
  EXPECT_EQ(during, 0U);
  EXPECT_GT(after, 0U);
  EXPECT_GE(row.at("overload").at("from_initiation").at("max_ms").at("max").get<double>(), 350);
}

TEST(pressure, a_throttled_device_keeps_its_rate) {
  const auto result =
      run_program({"pressure", "--device", "throttled", "--seconds", "0.6", "--base-seconds", "0.1", "--drain", "0.2",
                   "--rounds", "1", "--device-rate", "1000", "--engine", "wait", "--quiet", "--json", "-"});
  if (result.exit_code == 2) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("setting").at("overload_rate"), 10'000);
  // The kernel hands out its rate in slices of 100 ms, the first of which may come at once.
  EXPECT_LE(json.at("results").at(0).at("per_second").at("completed").at("max").get<double>(), 1600);
}

void expect_refused(const program_result& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
}

TEST(pressure, what_cannot_be_used_gets_a_sentence) {
  const scratch_folder folder;
  const std::string none = folder / "none";
  expect_refused(run_program({"pressure", "--engine", "warp"}), "--engine 'warp' is unknown");
  expect_refused(run_program({"pressure", "--load", "2", "--rate", "5"}), "--load and --rate both say");
  expect_refused(run_program({"pressure", "--file", none}), "no such file: '" + none + "'");
  expect_refused(run_program({"pressure", "--json", none + "/r"}), "--json '" + none + "/r' cannot be written");
  expect_refused(run_program({"pressure", "--device", "throttled", "--block", "100"}), "--block 100 does not suit");
}

TEST(pressure, a_device_that_cannot_be_had_gets_a_sentence) {
  if (::geteuid() != 0) {
    expect_refused(run_program({"pressure", "--device", "stall"}), "--device stall needs root");
    return;
  }
  const auto result = run_program({"pressure", "--device", "stall"}, {.temporary_folder = "/tmp", .as_nobody = true});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "the program cannot be reached as somebody else";
  expect_refused(result, "--device stall needs root");
}

TEST(pressure, help_has_examples_and_exit_codes) {
  const auto help = run_program({"pressure", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* part : {"Examples:", "Exit codes:", "Engines:", "Devices:", "--max-waiters", "--base-load"})
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
}

} // namespace
} // namespace shardbridge::bench
