// Goal: `memory` tells exactly what the process takes, computes what a shard takes from it, and says so in a table and
// in JSON as docs/bench-json.md has it. Method: texts of /proc, states that a process may have told, a short run of the
// program. Of figures only that is judged which must be so on any machine.

#include "common/failure.hpp"
#include "memory/memory_group.hpp"
#include "memory/memory_table.hpp"
#include "memory/options.hpp"
#include "program.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace shardbridge::bench {
namespace {

constexpr std::int64_t kib = 1024;

TEST(memory_use, is_what_is_private_and_what_is_of_rings) {
  std::istringstream smaps("55e0-55e1 rw-p 00000000 00:00 0                  [heap]\n"
                           "Rss:                 100 kB\n"
                           "Anonymous:            60 kB\n"
                           "VmFlags: rd wr mr mw me ac\n"
                           "7f00-7f01 rw-s 00000000 00:0f 1041               anon_inode:[io_uring]\n"
                           "Rss:                  64 kB\n"
                           "Anonymous:             0 kB\n"
                           "7f01-7f02 r--p 00000000 fe:00 2                  /usr/lib/a library: of Rss\n"
                           "Rss:                 900 kB\n"
                           "Anonymous:             4 kB\n");
  const memory_use use = memory_from_smaps(smaps);
  EXPECT_EQ(use.own, 64 * kib);
  EXPECT_EQ(use.rings, 64 * kib);
  EXPECT_FALSE(use.kernel);
  EXPECT_EQ(use.together(), 128 * kib);
}

TEST(memory_use, is_not_made_up) {
  std::istringstream nothing;
  EXPECT_THROW(memory_from_smaps(nothing), run_failure);
  std::istringstream no_number("7f00-7f01 rw-p 00000000 00:00 0\nAnonymous: many\n");
  EXPECT_THROW(memory_from_smaps(no_number), run_failure);
}

TEST(memory_use, grows_with_what_is_touched) {
  constexpr std::size_t bytes = std::size_t{8} << 20;
  const auto now = [] {
    std::ifstream smaps("/proc/self/smaps");
    return memory_from_smaps(smaps);
  };
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  const memory_use before = now();
  std::memset(memory, 1, bytes);
  EXPECT_GE((now() - before).own, static_cast<std::int64_t>(bytes));
  ::munmap(memory, bytes);
}

/// The line of /proc/self/cgroup with the memory controller.
std::string memory_group_of_process() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    if (line.find(":memory:") != std::string::npos || line.starts_with("0::")) return line;
  return {};
}

TEST(memory_group, counts_what_the_kernel_takes_and_goes_again) {
  const std::string home = memory_group_of_process();
  {
    const memory_group group;
    const auto before = group.kernel_bytes();
    if (!before) GTEST_SKIP() << "no memory control group can be made here";
    EXPECT_NE(memory_group_of_process(), home);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::string bytes(60'000, 'x');
    ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    EXPECT_GE(*group.kernel_bytes(), *before + 48 * kib) << "what waits in a pipe is the kernel's";
    ::close(ends[0]);
    ::close(ends[1]);
  }
  EXPECT_EQ(memory_group_of_process(), home);
}

memory_state state(const char* name, std::int64_t own, std::int64_t rings, std::optional<std::int64_t> kernel) {
  return {.name = name, .use = {.own = own * kib, .rings = rings * kib, .kernel = kernel}};
}

TEST(memory_result, tells_what_each_shard_more_takes) {
  memory_set set;
  add_shards(set, {.what = "shards", .ring_entries = 64, .shards = 1},
             {state("before", 100, 0, 0), state("made", 150, 10, 20 * kib), state("used", 160, 10, 30 * kib)});
  add_shards(set, {.what = "shards", .ring_entries = 64, .shards = 4},
             {state("before", 100, 0, 0), state("made", 300, 40, 80 * kib), state("used", 250, 40, 120 * kib)});
  add_shards(set, {.what = "shards", .ring_entries = 128, .shards = 2},
             {state("before", 100, 0, 0), state("made", 150, 10, 20 * kib), state("used", 300, 20, 60 * kib)});
  add_shards(set, {.what = "shards", .ring_entries = 256, .shards = 1}, {state("before", 1, 0, 0)});
  ASSERT_EQ(set.shards.size(), 3U) << "of an interrupted one nothing";
  EXPECT_EQ(set.shards[0].made.own, 50 * kib);
  EXPECT_EQ(set.shards[0].each_more.together(), 90 * kib) << "the first, beside none";
  EXPECT_EQ(set.shards[1].each_more.own, 30 * kib) << "three more";
  EXPECT_EQ(set.shards[1].each_more.rings, 10 * kib);
  EXPECT_EQ(*set.shards[1].each_more.kernel, 30 * kib);
  EXPECT_EQ(set.shards[2].each_more.together(), 130 * kib) << "two, beside none";
}

TEST(memory_result, tells_what_one_operation_takes) {
  memory_set set;
  add_things(set, {.what = "reads", .count = 10},
             {state("before", 50, 10, {}), state("made", 60, 10, {}), state("full", 80, 10, {}),
              state("done", 70, 10, {}), state("gone", 52, 10, {})});
  add_things(set, {.what = "tasks", .count = 10},
             {state("made", 60, 10, {}), state("full", 70, 10, {}), state("done", 65, 10, {})});
  ASSERT_EQ(set.things.size(), 2U);
  EXPECT_DOUBLE_EQ(set.things[0].of_one(), 2.0 * kib);
  EXPECT_EQ(set.things[0].gone.own, 2 * kib);
  EXPECT_DOUBLE_EQ(set.things[1].of_one(), 1.0 * kib);
  EXPECT_EQ(set.things[1].gone.own, 5 * kib);
}

TEST(memory_table, has_a_dash_for_what_is_not_known) {
  memory_set set;
  add_shards(set, {.what = "shards", .ring_entries = 64, .shards = 1},
             {state("before", 100, 0, {}), state("made", 150, 10, {}), state("used", 160, 10, {})});
  add_stretches(set, {.what = "stretches", .count = 1'000'000},
                {state("warm", 100, 10, {}), state("stretch", 101, 10, {})});
  std::ostringstream out;
  print_table(out, set);
  EXPECT_TRUE(std::regex_search(out.str(), std::regex("\n +64 +1 +50 +10 +- +60 +10 +- +60 +- +70\n"))) << out.str();
  EXPECT_TRUE(std::regex_search(out.str(), std::regex("\n +2\\.0 +101 +10 +- +1\n"))) << out.str();
}

TEST(memory_options, are_checked) {
  memory_texts texts;
  EXPECT_EQ(parse_options(texts).stretches, 10U);
  texts.stretches = "1";
  EXPECT_NE(sentence_of([&] { parse_options(texts); }).find("--stretches"), std::string::npos);
  texts.stretches = "2";
  texts.operations = "0";
  EXPECT_NE(sentence_of([&] { parse_options(texts); }).find("--operations"), std::string::npos);
}

/// The first column of the table below the heading "memory" of docs/bench-json.md.
std::set<std::string> documented() {
  std::ifstream page(SHARDBRIDGE_BENCH_JSON_PAGE);
  std::set<std::string> names;
  bool inside = false;
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## memory";
    if (inside && std::regex_search(line, match, std::regex("^\\| `([a-z0-9_]+)` \\|"))) names.insert(match[1]);
  }
  return names;
}

TEST(memory, measures_all_and_says_so) {
  const auto result = run_program({"memory", "--operations", "2000", "--stretches", "3", "--quiet", "--json", "-"});
  if (result.err.find("io_uring cannot be used") != std::string::npos) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("million operations"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  std::set<std::string> names;
  const auto note = [&names](const nlohmann::json& object) {
    for (const auto& [name, value] : object.items())
      names.insert(name);
  };
  EXPECT_TRUE(json.at("environment").contains("kernel"));
  ASSERT_EQ(json.at("shards").size(), 9U);
  for (const auto& row : json.at("shards")) {
    note(row);
    note(row.at("used"));
    const auto shards = row.at("shards").get<std::int64_t>();
    const auto entries = row.at("ring_entries").get<std::int64_t>();
    EXPECT_GE(row.at("made").at("rings").get<std::int64_t>(), shards * entries * (64 + 3 * 16))
        << "SQEs and CQEs" << row;
    EXPECT_GT(row.at("made").at("own").get<std::int64_t>(), 0) << row;
  }
  ASSERT_EQ(json.at("things").size(), 7U);
  for (const auto& row : json.at("things")) {
    note(row);
    EXPECT_GT(row.at("bytes_of_one").get<double>(), 64) << row;
    EXPECT_LT(row.at("bytes_of_one").get<double>(), 16384) << row;
  }
  ASSERT_EQ(json.at("stretches").size(), 4U);
  for (const auto& row : json.at("stretches"))
    note(row);
  EXPECT_EQ(json.at("stretches").back().at("operations"), 12000);
  EXPECT_EQ(names, documented());
}

TEST(memory, is_found_to_be_impossible_before_it_begins) {
  const scratch_folder folder;
  EXPECT_EQ(run_program({"memory", "--json", folder / "missing/file"}).exit_code, 2);
  EXPECT_EQ(run_program({"memory", "--stretches", "some"}).exit_code, 2);
}

} // namespace
} // namespace shardbridge::bench
