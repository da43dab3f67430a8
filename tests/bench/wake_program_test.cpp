// Goal: `wake` measures every cell that makes sense, says so in a table and in JSON that programs can rely on, and
// names what cannot be measured or used. Method: short runs of the program. Figures are not judged: a test machine is
// busy.

#include "common/cpus.hpp"
#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"wake", "--seconds", "0.02", "--rounds", "3", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// In a thread of its own, so that what `prepare` does to the thread goes no further than the program started there.
template <class Prepare>
program_result run_after(Prepare prepare, const std::vector<std::string>& arguments) {
  program_result result;
  std::jthread([&] {
    if (prepare())
      result = run_program(arguments);
    else
      result.exit_code = setting_impossible;
  }).join();
  return result;
}

bool forbid_io_uring() {
  std::array<sock_filter, 4> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog program{.len = filter.size(), .filter = filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool keep_one_cpu() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(usable_cpus().back()), &set);
  return ::sched_setaffinity(0, sizeof(set), &set) == 0;
}

std::string cell_of(const nlohmann::json& row) {
  return row.at("strategy").get<std::string>() + " " + row.at("state").get<std::string>() + " " +
         row.at("core").get<std::string>();
}

TEST(wake, json_has_every_cell_and_value) {
  const auto result = run_program(quick({"--spin-us", "20", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("asio-descriptor"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  for (const char* key : {"kernel", "cpu", "cores", "compiler", "flags", "liburing", "boost", "date", "cpus"})
    EXPECT_TRUE(json.at("environment").contains(key)) << key;
  EXPECT_EQ(json.at("environment").at("spin_us"), 20);

  std::set<std::string> cells;
  for (const auto& row : json.at("results")) {
    cells.insert(cell_of(row));
    EXPECT_EQ(row.at("rounds"), 3);
    EXPECT_GE(row.at("round_trips"), 3);
    if (row.at("strategy") == "spin")
      EXPECT_TRUE(row.at("spin_us").is_null());
    else
      EXPECT_EQ(row.at("spin_us"), row.at("state") == "awake" ? 20 : 0);
    for (const char* key : {"round_trip_p50_us", "round_trip_p99_us", "caller_us", "cpu_us"}) {
      const auto& value = row.at(key);
      EXPECT_GT(value.at("min").get<double>(), 0) << key << row;
      EXPECT_LE(value.at("min"), value.at("median")) << key << row;
      EXPECT_LE(value.at("median"), value.at("max")) << key << row;
    }
    EXPECT_LE(row.at("round_trip_p50_us").at("median"), row.at("round_trip_p99_us").at("median")) << row;
  }
  for (const auto& row : json.at("unavailable")) {
    EXPECT_NE(row.at("reason"), "");
    cells.insert(cell_of(row));
  }
  // Nine strategies in two states on one core or two, but for the three cells where spinning makes no sense.
  EXPECT_EQ(cells.size(), 9U * 2 * 2 - 3);
}

TEST(wake, only_what_was_asked_for_is_measured) {
  const auto result = run_program(quick(
      {"--strategy", "futex,asio-post", "--state", "sleeping", "--core", "same", "--rounds", "1", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  std::set<std::string> cells;
  for (const auto& row : json.at("results"))
    cells.insert(cell_of(row));
  EXPECT_EQ(cells, (std::set<std::string>{"asio-post sleeping same", "futex sleeping same"}));
}

TEST(wake, without_io_uring_the_rest_is_measured) {
  const auto result = run_after(forbid_io_uring, quick({"--state", "sleeping", "--core", "same"}));
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* name : {"eventfd-poll", "uring-read", "msg-ring"}) {
    const auto line = result.out.find(std::string("same   sleeping  ") + name);
    ASSERT_NE(line, std::string::npos) << result.out;
    EXPECT_NE(result.out.find("unavailable: cannot set up an io_uring: Operation not permitted", line),
              std::string::npos)
        << result.out;
  }

  const auto nothing = run_after(forbid_io_uring, quick({"--strategy", "msg-ring"}));
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_NE(nothing.err.find("none of the strategies works here"), std::string::npos) << nothing.err;
}

TEST(wake, with_one_cpu_there_is_no_other) {
  const auto result = run_after(keep_one_cpu, quick({"--strategy", "futex", "--state", "sleeping", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  ASSERT_EQ(json.at("results").size(), 1U);
  EXPECT_EQ(json.at("results").at(0).at("core"), "same");
  ASSERT_EQ(json.at("unavailable").size(), 1U);
  EXPECT_EQ(json.at("unavailable").at(0).at("reason"), "only one CPU may be used");
}

TEST(wake, an_interrupt_prints_what_is_done) {
  const scratch_folder folder;
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string results = folder / "results.json";
    program_run running({"wake", "--strategy", "futex,eventfd-read", "--state", "sleeping", "--core", "same",
                         "--seconds", "0.05", "--rounds", "10000", "--json", results});
    // Progress begins with a line about round 1; the next one comes some rounds later.
    const auto lines = [&] { return std::ranges::count(running.err_so_far(), '\n'); };
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (lines() < 2 && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(50ms);
    running.signal(number);
    const auto result = running.wait();
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_NE(result.out.find("same   sleeping  futex"), std::string::npos) << result.out << result.err;
    std::ifstream file(results);
    const auto json = nlohmann::json::parse(file);
    EXPECT_TRUE(json.at("environment").at("interrupted").get<bool>());
    EXPECT_EQ(json.at("results").size(), 2U);
  }
}

TEST(wake, help_has_strategies_examples_and_exit_codes) {
  const auto help = run_program({"wake", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* part : {"Strategies:", "msg-ring", "Examples:", "Exit codes:", "--strategy", "--spin-us", "--core"})
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
}

struct bad_wake {
  const char* name;
  std::vector<std::string> arguments;
  const char* sentence; ///< What stderr must contain.
};

void PrintTo(const bad_wake& c, std::ostream* out) {
  *out << c.name;
}

class bad_wake_table : public testing::TestWithParam<bad_wake> {};

TEST_P(bad_wake_table, gets_a_sentence) {
  const auto result = run_program(quick(GetParam().arguments));
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(result.err.starts_with("shardbridge-bench: ")) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_NE(result.err.find(GetParam().sentence), std::string::npos) << result.err;
}

const bad_wake bad_wakes[] = {
    {"unknown_strategy", {"--strategy", "futex,pigeon"}, "--strategy 'pigeon' is unknown; there are spin, futex, "},
    {"empty_strategy", {"--strategy", "futex,"}, "--strategy 'futex,' has an empty entry"},
    {"unknown_state", {"--state", "dreaming"}, "--state 'dreaming' is neither sleeping nor awake"},
    {"unknown_core", {"--core", "0"}, "--core '0' is neither same nor other"},
    {"nothing_left", {"--strategy", "spin", "--core", "same"}, "there is nothing to measure"},
    {"spin_zero", {"--spin-us", "0"}, "--spin-us '0' must be at least 1"},
    {"spin_negative", {"--spin-us", "-5"}, "--spin-us '-5' must not be negative"},
    {"spin_no_number", {"--spin-us", "long"}, "--spin-us 'long' is not a whole number"},
    {"spin_huge", {"--spin-us", "99999999"}, "--spin-us '99999999' must be at most 1000000"},
    {"seconds_zero", {"--seconds", "0"}, "--seconds '0' must be more than 0"},
    {"seconds_nonsense", {"--seconds", "soon"}, "--seconds 'soon' is not a number of seconds"},
    {"rounds_zero", {"--rounds", "0"}, "--rounds '0' must be at least 1"},
    {"json_in_no_folder", {"--json", "/none/such/r.json"}, "--json '/none/such/r.json' cannot be written"},
    {"unknown_option", {"--strategies", "futex"}, "--strategies"},
};

INSTANTIATE_TEST_SUITE_P(all, bad_wake_table, testing::ValuesIn(bad_wakes),
                         [](const auto& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace shardbridge::bench
