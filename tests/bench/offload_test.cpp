// Goal: a run measures every engine, says so in a table and in JSON that programs can rely on, and leaves nothing
// behind. Method: short runs on small files in a folder of the test's own. Figures are not judged: a test machine is
// busy.

#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"offload", "--seconds", "0.05", "--rounds", "3", "--size", "4M", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string without_direct(const program_result& first) {
  return first.err.find("O_DIRECT") != std::string::npos ? "--no-direct" : "--direct";
}

/// --direct where the test's folder has it.
std::string direct_option(const scratch_folder& folder) {
  static const std::string option =
      without_direct(run_program(quick({"--engine", "pool", "--pool-threads", "1", "--depth", "1", "--rounds", "1"}),
                                 {.temporary_folder = folder.path().string()}));
  return option;
}

TEST(offload, json_has_every_engine_and_value) {
  const scratch_folder folder;
  const auto result =
      run_program(quick({direct_option(folder), "--depth", "1,8", "--pool-threads", "2,4", "--json", "-"}),
                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("pool of 4"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  for (const char* key : {"kernel", "cpu", "cores", "compiler", "flags", "liburing", "boost", "shardbridge", "date",
                          "file", "file_system", "size", "seed"})
    EXPECT_TRUE(json.at("environment").contains(key)) << key;
  EXPECT_EQ(json.at("environment").at("size"), 4 << 20);

  std::map<std::string, int> rows;
  for (const auto& row : json.at("results")) {
    ++rows[row.at("engine").get<std::string>()];
    EXPECT_EQ(row.at("rw"), "randread");
    EXPECT_EQ(row.at("block"), 4096);
    EXPECT_TRUE(row.at("depth") == 1 || row.at("depth") == 8);
    EXPECT_TRUE(row.at("direct").is_boolean());
    EXPECT_EQ(row.at("shards"), 1);
    EXPECT_EQ(row.at("rounds"), 3);
    EXPECT_DOUBLE_EQ(row.at("seconds").get<double>(), 0.05);
    EXPECT_EQ(row.at("pool_threads").is_number(), row.at("engine") == "pool");
    for (const char* key : {"iops", "gib_per_s", "p50_us", "p99_us", "p999_us", "cpu_s_per_million"}) {
      const auto& value = row.at(key);
      EXPECT_LE(value.at("min"), value.at("median")) << key;
      EXPECT_LE(value.at("median"), value.at("max")) << key;
      EXPECT_GT(value.at("max").get<double>(), 0) << key;
    }
    for (const char* key : {"errors", "timeouts", "cancelled", "wrong_blocks"})
      EXPECT_EQ(row.at(key), 0) << key;
  }
  EXPECT_EQ(rows, (std::map<std::string, int>{
                      {"asio-file", 2}, {"asio-file-shared", 2}, {"bridge", 2}, {"pool", 4}, {"raw", 2}}));
  EXPECT_TRUE(folder.entries().empty());
}

TEST(offload, every_way_to_read_and_write_works) {
  const scratch_folder folder;
  for (const char* rw : {"randread", "randwrite", "read", "write", "mixed"}) {
    const auto result = run_program(quick({direct_option(folder), "--rw", rw, "--depth", "4", "--rounds", "1",
                                           "--pool-threads", "4", "--block", "8K"}),
                                    {.temporary_folder = folder.path().string()});
    EXPECT_EQ(result.exit_code, 0) << rw << ": " << result.err;
    EXPECT_EQ(result.err, "") << rw;
    EXPECT_NE(result.out.find("asio-file-shared"), std::string::npos) << result.out;
  }
  EXPECT_TRUE(folder.entries().empty());
}

TEST(offload, every_manner_of_a_bridge_reads_what_is_there) {
  const scratch_folder folder;
  for (const std::vector<std::string>& each :
       {std::vector<std::string>{"--engine", "bridge-registered,bridge-nearest,bridge-sleeping,bridge-threads",
                                 direct_option(folder)},
        {"--engine", "bridge-registered,bridge-nearest,bridge-cached", "--no-direct", "--cached", "50"}}) {
    std::vector<std::string> arguments =
        quick({"--depth", "1,8", "--shards", "2", "--rounds", "1", "--verify", "--json", "-"});
    arguments.insert(arguments.end(), each.begin(), each.end());
    const auto result = run_program(arguments, {.temporary_folder = folder.path().string()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json.at("results").size(), each[1].find("cached") == std::string::npos ? 8U : 6U);
    for (const auto& row : json.at("results")) {
      EXPECT_GT(row.at("iops").at("median").get<double>(), 0) << row;
      EXPECT_EQ(row.at("wrong_blocks"), 0) << row;
    }
  }
}

TEST(offload, verify_finds_nothing_wrong_in_a_mixed_run_with_timeouts_and_cancellations) {
  const scratch_folder folder;
  for (const char* mode : {"linked", "timer"}) {
    const auto result = run_program(quick({direct_option(folder),
                                           "--verify",
                                           "--rw",
                                           "mixed",
                                           "--depth",
                                           "1,64",
                                           "--seconds",
                                           "0.3",
                                           "--rounds",
                                           "2",
                                           "--timeout",
                                           "1ms",
                                           "--timeout-mode",
                                           mode,
                                           "--cancel",
                                           "20",
                                           "--json",
                                           "-",
                                           "--engine",
                                           "bridge,raw"}),
                                    {.temporary_folder = folder.path().string()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    std::uint64_t cancelled = 0;
    const auto json = nlohmann::json::parse(result.out);
    for (const auto& row : json.at("results")) {
      EXPECT_EQ(row.at("wrong_blocks"), 0) << row;
      EXPECT_EQ(row.at("errors"), 0) << row;
      cancelled += row.at("cancelled").get<std::uint64_t>();
    }
    EXPECT_GT(cancelled, 0U) << mode;
  }
}

TEST(offload, several_shards_and_client_threads) {
  const scratch_folder folder;
  const auto result =
      run_program(quick({direct_option(folder), "--engine", "bridge", "--verify", "--rw", "mixed", "--shards", "2",
                         "--client-threads", "3", "--depth", "16", "--timeout", "1s", "--json", "-"}),
                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto row = nlohmann::json::parse(result.out).at("results").at(0);
  EXPECT_EQ(row.at("shards"), 2);
  EXPECT_GT(row.at("operations"), 0);
}

TEST(offload, an_existing_file_is_used_and_kept) {
  const scratch_folder folder;
  const std::string file = make_verified_file(folder, 64);
  const auto result = run_program(quick({direct_option(folder), "--file", file, "--verify", "--depth", "4"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(folder.entries(), (std::vector<std::string>{"blocks"}));
  const auto writing = run_program(
      quick({direct_option(folder), "--file", file, "--verify", "--depth", "4", "--rw", "randwrite", "--allow-write"}));
  EXPECT_EQ(writing.exit_code, 0) << writing.err;
  EXPECT_EQ(std::filesystem::file_size(file), 64U * 4096);
}

TEST(offload, wrong_blocks_are_found_by_every_engine) {
  const scratch_folder folder;
  const std::string file = make_verified_file(folder, 16);
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(5 * 4096 + 2000);
    damaged.put('!');
  }
  for (const char* engine : {"bridge", "pool", "asio-file-each", "asio-file-shared", "raw"}) {
    const auto result = run_program(quick({direct_option(folder), "--engine", engine, "--pool-threads", "2", "--file",
                                           file, "--verify", "--depth", "2"}));
    EXPECT_EQ(result.exit_code, 3) << engine << ": " << result.err;
    EXPECT_NE(result.err.find("the block at 20480 does not match its checksum"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("blocks were wrong"), std::string::npos) << result.err;
  }
}

TEST(offload, an_open_loop_offers_the_same_to_every_engine) {
  const scratch_folder folder;
  for (const char* arrivals : {"poisson", "fixed"}) {
    const auto result = run_program({"offload",
                                     direct_option(folder),
                                     "--seconds",
                                     "1",
                                     "--rounds",
                                     "1",
                                     "--size",
                                     "4M",
                                     "--quiet",
                                     "--engine",
                                     "bridge,bridge-each,pool,asio-file,raw,pread,design-locked-queue",
                                     "--pool-threads",
                                     "2",
                                     "--depth",
                                     "16",
                                     "--shards",
                                     "2",
                                     "--client-threads",
                                     "2",
                                     "--rw",
                                     "mixed",
                                     "--verify",
                                     "--rate",
                                     "200",
                                     "--arrivals",
                                     arrivals,
                                     "--json",
                                     "-"},
                                    {.temporary_folder = folder.path().string()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json.at("environment").at("arrivals"), arrivals);
    ASSERT_EQ(json.at("results").size(), 8U);
    const auto due = json.at("results").at(0).at("due").get<std::uint64_t>();
    EXPECT_NEAR(static_cast<double>(due), 200, std::string(arrivals) == "fixed" ? 1 : 5 * 14.2) << "or unlikely";
    for (const auto& row : json.at("results")) {
      EXPECT_EQ(row.at("rate"), 200) << row;
      EXPECT_EQ(row.at("due"), due) << row;
      EXPECT_EQ(row.at("operations").get<std::uint64_t>() + row.at("not_begun").get<std::uint64_t>(), due) << row;
      EXPECT_GT(row.at("operations"), 0) << row;
      EXPECT_EQ(row.at("wrong_blocks"), 0) << row;
      EXPECT_NEAR(row.at("offered_per_s").at("median").get<double>(), static_cast<double>(due), 1e-6) << row;
    }
  }
}

TEST(offload, an_engine_that_cannot_keep_up_is_marked_and_its_operations_wait_from_when_they_were_due) {
  const scratch_folder folder;
  const auto result =
      run_program({"offload", "--no-direct", "--seconds", "0.5",    "--rounds",       "1",      "--size",
                   "64M",     "--quiet",     "--engine",  "pool",   "--pool-threads", "1",      "--depth",
                   "1",       "--block",     "1M",        "--rate", "1000000",        "--json", folder / "r.json"},
                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find(" ! "), std::string::npos) << result.out;
  const auto row = nlohmann::json::parse(std::ifstream(folder / "r.json")).at("results").at(0);
  EXPECT_GT(row.at("not_begun").get<double>(), row.at("due").get<double>() / 2);
  EXPECT_GT(row.at("p99_us").at("median").get<double>(), 200'000) << "what is done last waited for most of the round";
}

TEST(offload, an_open_loop_may_offer_a_share_of_what_the_first_engine_does) {
  const scratch_folder folder;
  const auto result = run_program(quick({direct_option(folder), "--engine", "pool,raw", "--pool-threads", "2",
                                         "--depth", "4", "--rate", "10%,20%", "--json", folder / "r.json"}),
                                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(std::ifstream(folder / "r.json"));
  ASSERT_EQ(json.at("results").size(), 4U);
  EXPECT_EQ(json.at("results").at(0).at("rate"), "10%");
  EXPECT_EQ(json.at("results").at(3).at("rate"), "20%");
  EXPECT_GT(json.at("results").at(0).at("due"), 0);
  EXPECT_NE(result.out.find("10% of what the first engine does:\n"), std::string::npos) << result.out;
  EXPECT_TRUE(run_program({"report", folder / "r.json"}).out.starts_with(result.out));
  const auto compared = run_program({"compare", "--strict", folder / "r.json", folder / "r.json"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_EQ(compared.out.find("only before"), std::string::npos) << compared.out;
}

TEST(offload, an_interrupt_ends_what_waits_until_it_is_due) {
  const scratch_folder folder;
  for (const char* engine : {"bridge", "raw", "pread"}) {
    program_run running({"offload", direct_option(folder), "--size", "1M", "--depth", "4", "--seconds", "3000",
                         "--rounds", "1", "--engine", engine, "--rate", "1", "--arrivals", "fixed", "--json",
                         folder / "r.json"},
                        {.temporary_folder = folder.path().string()});
    ASSERT_TRUE(running.wait_until([&] { return running.err_so_far().find("round 1 of 1") != std::string::npos; }))
        << running.err_so_far();
    std::this_thread::sleep_for(1500ms); // until the first is done
    running.signal(SIGINT);
    const auto result = running.wait();
    EXPECT_EQ(result.exit_code, 130) << engine << ": " << result.err;
    std::filesystem::remove(folder / "r.json");
  }
}

TEST(offload, system_calls_are_counted_for_every_engine_or_it_says_why_not) {
  const scratch_folder folder;
  const auto result =
      run_program({"offload", "--no-direct", "--seconds", "0.1", "--rounds", "2", "--size", "1M", "--depth", "1",
                   "--engine", "pread,pool,bridge,raw,asio-file-each", "--pool-threads", "2", "--json", "-"},
                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  const bool counted = json.at("environment").at("syscalls") == "counted";
  EXPECT_EQ(result.err.find("system calls are not counted") == std::string::npos, counted) << result.err;
  for (const auto& row : json.at("results")) {
    EXPECT_EQ(row.at("syscalls_per_op").is_object(), counted) << row;
    if (!counted) continue;
    EXPECT_GT(row.at("syscalls_per_op").at("min"), 0) << row;
    if (row.at("engine") == "pread") {
      EXPECT_GE(row.at("syscalls_per_op").at("min"), 1) << "each is one";
      EXPECT_LT(row.at("syscalls_per_op").at("min"), 1.5) << row;
    }
  }
}

TEST(offload, engines_without_deadlines_say_so) {
  const scratch_folder folder;
  const auto result = run_program({"offload", direct_option(folder), "--seconds", "0.05", "--rounds", "1", "--size",
                                   "1M", "--depth", "1", "--timeout", "1s", "--cancel", "1", "--pool-threads", "1"},
                                  {.temporary_folder = folder.path().string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("pool, asio-file-shared, asio-file: no deadlines there"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("raw: nothing is cancelled there"), std::string::npos) << result.err;
}

TEST(offload, an_interrupt_prints_what_is_done) {
  const scratch_folder folder;
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string results = folder / "results.json";
    program_run running({"offload", direct_option(folder), "--size", "1M", "--depth", "1,2", "--seconds", "0.2",
                         "--rounds", "1000", "--pool-threads", "2", "--json", results},
                        {.temporary_folder = folder.path().string()});
    // Progress begins with a line about round 1; the next one comes some rounds later.
    const auto lines = [&] {
      const std::string text = running.err_so_far();
      std::size_t count = 0;
      for (auto at = text.find(", round "); at != text.npos; at = text.find(", round ", at + 1))
        ++count;
      return count;
    };
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (lines() < 2 && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(50ms);
    running.signal(number);
    const auto result = running.wait();
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_NE(result.out.find("    1  raw"), std::string::npos) << result.out << result.err;
    std::ifstream file(results);
    const auto json = nlohmann::json::parse(file);
    EXPECT_TRUE(json.at("environment").at("interrupted").get<bool>());
    EXPECT_EQ(folder.entries(), (std::vector<std::string>{"results.json"}));
    std::filesystem::remove(results);
  }
}

TEST(offload, help_has_examples_and_exit_codes) {
  const auto help = run_program({"offload", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* part : {"Examples:", "Exit codes:", "--engine", "--timeout-mode", "--allow-write", "--rate 50%"})
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
  const auto version = run_program({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.out.starts_with("shardbridge-bench ")) << version.out;
}

TEST(report, prints_the_same_table) {
  const scratch_folder folder;
  const std::string results = folder / "results.json";
  const auto run =
      run_program(quick({direct_option(folder), "--depth", "1,4", "--pool-threads", "2", "--json", results}),
                  {.temporary_folder = folder.path().string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto report = run_program({"report", results});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_TRUE(report.out.starts_with(run.out)) << report.out;
  EXPECT_NE(report.out.find("At depth 4 the bridge makes "), std::string::npos) << report.out;
}

} // namespace
} // namespace shardbridge::bench
