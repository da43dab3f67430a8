// Goal: each preset of `offload` measures what it is there for, and its JSON is what docs/bench-json.md says, field by
// field. Method: short runs on small files; the page's tables of fields beside the names in the file. Figures are not
// judged.

#include "program.hpp"

#include "results/json_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace shardbridge::bench {
namespace {

using json = nlohmann::json;

class presets : public testing::Test {
 protected:
  json measure(std::vector<std::string> words) {
    words.insert(words.end(), {"--seconds", "0.02", "--rounds", "2", "--quiet", "--json", folder / "r.json"});
    ended = run_program(words, {.temporary_folder = folder.path().string()});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return ended.exit_code == 0 ? json::parse(std::ifstream(folder / "r.json")) : json::object();
  }

  static std::set<std::string> names_in(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items())
      names.insert(name);
    return names;
  }

  /// The first column of the table below a heading of the page.
  static std::set<std::string> documented(const std::string& heading) {
    std::ifstream page(SHARDBRIDGE_BENCH_JSON_PAGE);
    std::set<std::string> names;
    bool inside = false;
    std::smatch match;
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with("## ")) inside = line == "## " + heading;
      if (inside && std::regex_search(line, match, std::regex("^\\| `([a-z0-9_]+)` \\|"))) names.insert(match[1]);
    }
    return names;
  }

  scratch_folder folder;
  program_result ended;
};

TEST_F(presets, json_has_the_documented_fields_and_no_others) {
  const json found = measure({"offload", "--no-direct", "--size", "1M", "--engine", "bridge,pool,raw,asio-file-each",
                              "--pool-threads", "2", "--depth", "2"});
  ASSERT_FALSE(documented("results").empty());
  EXPECT_EQ(names_in(found), (std::set<std::string>{"environment", "results"}));
  EXPECT_EQ(names_in(found.at("environment")), documented("environment"));
  ASSERT_EQ(found.at("results").size(), 4U);
  for (const json& row : found.at("results")) {
    EXPECT_EQ(names_in(row), documented("results"));
    ASSERT_EQ(row.at("samples").size(), 2U);
    std::uint64_t operations = 0, counted = 0, errors = 0;
    for (const json& sample : row.at("samples")) {
      EXPECT_EQ(names_in(sample), documented("samples"));
      operations += sample.at("operations").get<std::uint64_t>();
      errors += sample.at("errors").get<std::uint64_t>();
      EXPECT_GT(sample.at("user_s").get<double>() + sample.at("system_s").get<double>(), 0);
      EXPECT_LE(sample.at("p50_us"), sample.at("max_us"));
    }
    std::int64_t before = -1;
    for (const json& bucket : row.at("latency")) {
      EXPECT_GT(bucket.at(0).get<std::int64_t>(), before);
      before = bucket.at(0).get<std::int64_t>();
      counted += bucket.at(1).get<std::uint64_t>();
    }
    EXPECT_EQ(row.at("operations"), operations);
    EXPECT_EQ(row.at("operations"), counted);
    EXPECT_EQ(row.at("errors"), errors);
  }
  const result_set read = read_results(folder / "r.json");
  EXPECT_EQ(json::parse(nlohmann::ordered_json(read).dump()), found) << "nothing is lost by reading it";
}

TEST_F(presets, cached_measures_one_shard_and_two) {
  const json found = measure({"cached", "--size", "1M", "--depth", "1,4", "--pool-threads", "2", "--shards", "1,2"});
  std::map<std::string, int> rows;
  for (const json& row : found.at("results")) {
    ++rows[row.at("engine").get<std::string>() + " " + row.at("shards").dump()];
    EXPECT_EQ(row.at("client_threads"), row.at("shards"));
    EXPECT_FALSE(row.at("direct").get<bool>());
    EXPECT_GT(row.at("operations"), 0) << row;
  }
  for (const char* engine : {"bridge", "bridge-nearest", "bridge-cached", "raw", "pool", "pread"})
    for (const char* shards : {" 1", " 2"})
      EXPECT_EQ(rows[std::string(engine) + shards], 2) << engine << shards;
  EXPECT_EQ(found.at("environment").at("cached_percent"), 100);
  EXPECT_NE(ended.out.find("2 shards, 2 client threads:\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("     1x1     2x2\n"), std::string::npos) << ended.out;
}

TEST_F(presets, sequential_measures_streams_of_both_sizes) {
  const json found = measure({"sequential", "--no-direct", "--size", "8M", "--streams", "1,4", "--pool-threads", "2"});
  std::map<std::uint64_t, int> rows;
  for (const json& row : found.at("results")) {
    ++rows[row.at("block").get<std::uint64_t>()];
    EXPECT_EQ(row.at("rw"), "read");
    EXPECT_GT(row.at("gib_per_s").at("median").get<double>(), 0) << row;
  }
  EXPECT_EQ(rows, (std::map<std::uint64_t, int>{{128 << 10, 10}, {1 << 20, 10}}));
  EXPECT_TRUE(found.at("environment").at("own_parts").get<bool>());
}

TEST_F(presets, sequential_writes_what_can_be_read_again) {
  static_cast<void>(measure({"sequential", "--no-direct", "--size", "4M", "--block", "64K", "--streams", "3", "--rw",
                             "write", "--verify", "--pool-threads", "2"}));
}

TEST_F(presets, scale_measures_the_matrix_and_says_what_it_brings) {
  const json found = measure({"scale", "--no-direct", "--size", "1M", "--depth", "4", "--producers", "1,2", "--shards",
                              "1,2", "--engine", "bridge,bridge-each,bridge-nearest,raw", "--verify"});
  std::map<std::string, std::set<std::string>> cells;
  for (const json& row : found.at("results")) {
    cells[row.at("engine")].insert(row.at("client_threads").dump() + "x" + row.at("shards").dump());
    EXPECT_GT(row.at("operations"), 0) << row;
    EXPECT_EQ(row.at("wrong_blocks"), 0) << row;
  }
  const std::set<std::string> all{"1x1", "1x2", "2x1", "2x2"};
  EXPECT_EQ(cells["bridge"], all);
  EXPECT_EQ(cells["bridge-each"], all);
  EXPECT_EQ(cells["raw"], all);
  EXPECT_EQ(cells["bridge-nearest"], (std::set<std::string>{"1x1", "2x2"}));
  EXPECT_NE(ended.out.find("     1x1     2x1     1x2     2x2\n"), std::string::npos) << ended.out;
  const program_result report = run_program({"report", folder / "r.json"});
  EXPECT_TRUE(report.out.starts_with(ended.out)) << report.out;
  const program_result compared = run_program({"compare", "--strict", folder / "r.json", folder / "r.json"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_EQ(compared.out.find("only before"), std::string::npos) << compared.out;
}

TEST_F(presets, raw_with_several_rings_verifies_a_mixed_run_with_deadlines) {
  const json found =
      measure({"offload", "--no-direct", "--size", "2M", "--engine", "raw,pread", "--rw", "mixed", "--verify",
               "--shards", "3", "--client-threads", "2", "--depth", "2,16", "--timeout", "1s"});
  EXPECT_EQ(found.at("results").size(), 4U);
}

TEST_F(presets, help_of_each_has_examples) {
  for (const char* command : {"cached", "sequential", "scale"}) {
    const program_result help = run_program({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    for (const std::string& part : {std::string("shardbridge-bench ") + command, std::string("~ stands for")})
      EXPECT_NE(help.out.find(part), std::string::npos) << help.out;
  }
}

} // namespace
} // namespace shardbridge::bench
