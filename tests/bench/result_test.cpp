// Goal: results survive being written and read, and the table and the sentence say what the figures say.
// Method: a small made-up set of results.

#include "results/result.hpp"
#include "results/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace shardbridge::bench {
namespace {

result_row make_row(const std::string& engine, unsigned depth, double iops, double cpu) {
  result_row row;
  row.engine = engine;
  row.rw = "randread";
  row.block = 4096;
  row.depth = depth;
  row.direct = true;
  row.shards = 1;
  row.rounds = 3;
  row.seconds = 0.5;
  row.iops = {iops * 0.9, iops, iops * 1.1};
  row.cpu_s_per_million = {cpu, cpu, cpu};
  return row;
}

result_set make_set() {
  result_set results{
      {{"kernel", "6.18"}, {"cpu", "a CPU"}, {"cores", 2}, {"file", "f"}, {"file_system", "ext4"}, {"size", 1U << 20}},
      {}};
  results.rows.push_back(make_row("bridge", 128, 90'000, 3));
  for (const auto& [threads, iops] : {std::pair{4U, 40'000.0}, {16U, 75'000.0}, {64U, 60'000.0}}) {
    results.rows.push_back(make_row("pool", 128, iops, 12));
    results.rows.back().pool_threads = threads;
  }
  results.rows.push_back(make_row("asio-file-shared", 128, 18'000, 28));
  results.rows.push_back(make_row("raw", 128, 100'000, 2));
  results.rows.push_back(make_row("raw", 1, 20'000, 24));
  return results;
}

TEST(result_set, survives_json) {
  result_set results = make_set();
  results.rows[0].timeouts = 7;
  const auto text = nlohmann::ordered_json(results).dump();
  const auto copy = nlohmann::ordered_json::parse(text).get<result_set>();
  EXPECT_EQ(nlohmann::ordered_json(copy).dump(), text);
  EXPECT_EQ(copy.rows[2].pool_threads, 16U);
  EXPECT_FALSE(copy.rows[0].pool_threads);
}

TEST(result_set, knows_the_best_pool) {
  const auto results = make_set();
  ASSERT_NE(best_pool(results.rows, 128), nullptr);
  EXPECT_EQ(best_pool(results.rows, 128)->pool_threads, 16U);
  EXPECT_EQ(best_pool(results.rows, 1), nullptr);
  EXPECT_EQ(depths_of(results.rows), (std::vector<unsigned>{1, 128}));
}

TEST(table, has_a_line_for_each_row) {
  std::ostringstream out;
  print_table(out, make_set());
  const std::string text = out.str();
  for (const char* part : {"randread, blocks of 4 KiB, O_DIRECT, f (1 MiB, ext4)", "  128  pool of 16 ", "    1  raw ",
                           "  128  bridge                90000   10%"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  const auto bridge = text.substr(text.find("128  bridge"), 130);
  EXPECT_NE(bridge.find("1.20    0.90     0.25    1.50"), std::string::npos) << bridge;
}

TEST(table, tells_of_incidents) {
  result_set results = make_set();
  results.rows[0].wrong_blocks = 2;
  std::ostringstream out;
  print_table(out, results);
  EXPECT_NE(out.str().find("depth 128, bridge: 0 operations, 0 timeouts, 0 cancelled, 0 errors, 2 wrong blocks"),
            std::string::npos);
}

TEST(table, of_nothing_says_so) {
  std::ostringstream out;
  print_table(out, {});
  EXPECT_EQ(out.str(), "nothing was measured\n");
  EXPECT_EQ(conclusion({}), "");
}

TEST(conclusion, names_the_ratios) {
  EXPECT_EQ(
      conclusion(make_set()),
      "At depth 128 the bridge makes 90.0 thousand operations a second: 0.90 of the raw ring's rate, 5.0 times that "
      "of one shared Asio file object, 1.20 times that of the best thread pool (16 threads) with 4.0 times less CPU "
      "per operation.");
}

} // namespace
} // namespace shardbridge::bench
