// Goal: results survive being written and read, and the table and the sentence say what the figures say.
// Method: a small made-up set of results.

#include "program.hpp"
#include "results/histogram_json.hpp"
#include "results/json_file.hpp"
#include "results/result.hpp"
#include "results/scale_table.hpp"
#include "results/table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string_view>
#include <tuple>

namespace shardbridge::bench {
namespace {

result_row make_row(const std::string& engine, unsigned depth, double iops, double cpu) {
  result_row row;
  row.engine = engine;
  row.rw = "randread";
  row.setting = {.block = 4096, .shards = 1, .client_threads = 1, .depth = depth};
  row.direct = true;
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

TEST(result_set, keeps_histograms_and_samples) {
  result_set results = make_set();
  result_row& row = results.rows[0];
  for (const int time : {10, 10, 20'000, 3'000'000})
    row.latency.record(std::chrono::nanoseconds(time));
  row.samples = {{.seconds = 0.5, .iops = 7, .max_us = 3000, .involuntary_switches = 2}, {.seconds = 0.6}};
  row.samples[0].syscalls_per_op = 0.25;
  row.samples[0].io_wq_s = 0.125;
  row.cpu_system_s_per_million = {1, 2, 3};
  row.cpu_io_wq_s_per_million = {0, 1, 2};
  row.syscalls_per_op = {0.25, 0.5, 1};
  const auto text = nlohmann::ordered_json(results).dump();
  const auto copy = nlohmann::ordered_json::parse(text).get<result_set>();
  EXPECT_EQ(nlohmann::ordered_json(copy).dump(), text);
  EXPECT_EQ(copy.rows[0].latency, row.latency);
  ASSERT_EQ(copy.rows[0].samples.size(), 2U);
  EXPECT_EQ(copy.rows[0].samples[0].involuntary_switches, 2U);
  EXPECT_DOUBLE_EQ(copy.rows[0].cpu_system_s_per_million.median, 2);
  EXPECT_DOUBLE_EQ(copy.rows[0].cpu_io_wq_s_per_million.median, 1);
  EXPECT_DOUBLE_EQ(copy.rows[0].samples[0].io_wq_s, 0.125);
  EXPECT_EQ(copy.rows[0].samples[0].syscalls_per_op, 0.25);
  EXPECT_FALSE(copy.rows[0].samples[1].syscalls_per_op);
  ASSERT_TRUE(copy.rows[0].syscalls_per_op);
  EXPECT_DOUBLE_EQ(copy.rows[0].syscalls_per_op->max, 1);
  EXPECT_FALSE(copy.rows[1].syscalls_per_op);
}

TEST(histogram_json, names_the_longest_time_of_each_bucket) {
  using namespace std::chrono_literals;
  for (std::size_t bucket = 0; bucket + 1 != latency_histogram::buckets; ++bucket) {
    const auto last = last_of_bucket(bucket);
    ASSERT_EQ(latency_histogram::bucket_of(last), bucket);
    ASSERT_EQ(latency_histogram::bucket_of(last + 1ns), bucket + 1);
  }
  EXPECT_EQ(last_of_bucket(latency_histogram::buckets - 1).count(), (std::int64_t{1} << 40) - 1);
  latency_histogram some;
  some.record(63ns);
  some.record(63ns);
  some.record(129ns);
  EXPECT_EQ(histogram_json(some).dump(), "[[63,2],[129,1]]");
  EXPECT_EQ(histogram_json({}).dump(), "[]");
}

TEST(result_set, knows_the_best_pool) {
  const auto results = make_set();
  ASSERT_NE(best_pool(results.rows, {.depth = 128}), nullptr);
  EXPECT_EQ(best_pool(results.rows, {.depth = 128})->pool_threads, 16U);
  EXPECT_EQ(best_pool(results.rows, {.depth = 1}), nullptr);
  EXPECT_EQ(best_pool(results.rows, {.shards = 2, .depth = 128}), nullptr);
}

TEST(result_set, knows_its_cases_and_groups) {
  auto results = make_set();
  EXPECT_EQ(cases_of(results.rows), (std::vector<load_case>{{.depth = 1}, {.depth = 128}}));
  results.rows[0].setting.shards = 2;
  EXPECT_EQ(groups_of(results.rows),
            (std::vector<case_group>{{{.depth = 1}, {.depth = 128}}, {{.shards = 2, .depth = 128}}}));
  EXPECT_TRUE(groups_of({}).empty());
}

TEST(result_set, of_a_run_that_had_its_client_threads_in_the_environment_can_be_read) {
  const scratch_folder folder;
  nlohmann::ordered_json old = make_set();
  old["environment"]["client_threads"] = 3;
  const std::vector<const char*> new_since{"client_threads",
                                           "latency",
                                           "samples",
                                           "cpu_user_s_per_million",
                                           "cpu_system_s_per_million",
                                           "voluntary_switches_per_op",
                                           "involuntary_switches_per_op",
                                           "rate",
                                           "offered_per_s",
                                           "cpu_io_wq_s_per_million",
                                           "syscalls_per_op",
                                           "due",
                                           "not_begun"};
  for (auto& row : old["results"])
    for (const char* name : new_since)
      row.erase(name);
  std::ofstream(folder / "old.json") << old;
  const result_set read = read_results(folder / "old.json");
  ASSERT_EQ(read.rows.size(), make_set().rows.size());
  for (const result_row& row : read.rows)
    EXPECT_EQ(row.setting.client_threads, 3U);
  EXPECT_FALSE(read.environment.contains("client_threads"));
  nlohmann::ordered_json now = make_set();
  for (auto& row : now["results"]) {
    for (const char* name : new_since)
      if (std::string_view(name) != "client_threads") row.erase(name);
    row["client_threads"] = 3;
  }
  EXPECT_EQ(read_json(folder / "old.json")["results"].dump(), now["results"].dump())
      << "at the same place, for compare";
}

TEST(table, has_a_line_for_each_row) {
  std::ostringstream out;
  print_table(out, make_set());
  const std::string text = out.str();
  for (const char* part : {"randread, blocks of 4 KiB, O_DIRECT, f (1 MiB, ext4)", "  128  pool of 16 ", "    1  raw ",
                           "  128  bridge                90000   10%"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  const auto bridge = text.substr(text.find("128  bridge"), 140);
  EXPECT_NE(bridge.find("1.20    0.90     0.25    1.50"), std::string::npos) << bridge;
}

std::string table_of(const result_set& results) {
  std::ostringstream out;
  print_table(out, results);
  return out.str();
}

TEST(table, has_room_for_the_longest_name) {
  result_set results = make_set();
  results.rows.push_back(make_row("design-locked-queue", 128, 50'000, 3));
  const std::string text = table_of(results);
  const auto place = [&](const char* what, const char* behind) {
    const auto line = text.find(what);
    return text.find(behind, line) - text.rfind('\n', line);
  };
  EXPECT_EQ(place("  128  design-locked-queue", "50000"), place("  128  bridge ", "90000")) << text;
  EXPECT_EQ(place("depth  engine", "IOPS") - 1, place("  128  bridge ", "90000")) << text;
}

TEST(table, has_system_calls_where_they_are_counted) {
  result_set results = make_set();
  results.rows[0].syscalls_per_op = {0.1, 0.25, 0.3};
  const std::string text = table_of(results);
  EXPECT_NE(text.find("    0%   0.25     1.20"), std::string::npos) << text;
  EXPECT_NE(text.find("    0%      -        -"), std::string::npos) << text;
}

TEST(table, has_the_share_of_kernel_workers_where_there_is_one) {
  result_set results = make_set();
  EXPECT_EQ(table_of(results).find("io-wq"), std::string::npos);
  results.rows[0].cpu_io_wq_s_per_million = {0, 0.01, 0};
  EXPECT_EQ(table_of(results).find("io-wq"), std::string::npos) << "it would be 0 %";
  results.rows[0].cpu_io_wq_s_per_million = {1, 1.5, 2};
  const std::string text = table_of(results);
  EXPECT_NE(text.find("   +-  io-wq"), std::string::npos) << text;
  EXPECT_NE(text.find("    0%    50%      -     1.20"), std::string::npos) << text;
  EXPECT_NE(text.find("\nio-wq: of the CPU time"), std::string::npos) << text;
}

TEST(table, of_an_open_loop_has_what_is_offered_and_who_does_not_keep_up) {
  result_set results = make_set();
  for (result_row& row : results.rows) {
    row.setting.rate = {.value = 80'000};
    row.offered_per_s = {79'900, 80'010, 80'100};
    row.due = 120'000;
    row.not_begun = row.iops.median < 80'000 ? 20'000 : 1200;
    row.p99_us = {100, 200, 300};
  }
  results.rows[2].p99_us = {50, 100, 150};
  results.rows[1].p99_us = results.rows[3].p99_us = {1000, 1000, 1000};
  const std::string text = table_of(results);
  EXPECT_NE(text.find("an open loop of 80000 operations a second; "), std::string::npos) << text;
  EXPECT_NE(text.find("  128  bridge                80010     90000    "), std::string::npos) << text;
  EXPECT_NE(text.find("  128  pool of 16            80010     75000 !  "), std::string::npos) << text;
  EXPECT_NE(text.find("p99 times"), std::string::npos) << text;
  EXPECT_EQ(text.find("IOPS"), std::string::npos) << text;
  EXPECT_EQ(best_pool(results.rows, results.rows[0].setting)->pool_threads, 16U) << "the one with the least p99";
  EXPECT_EQ(conclusion(results), "");
  const auto copy = nlohmann::ordered_json::parse(nlohmann::ordered_json(results).dump()).get<result_set>();
  EXPECT_EQ(table_of(copy), text);
}

TEST(result_row, falls_behind_where_more_than_a_hundredth_and_more_than_one_a_round_was_not_begun) {
  result_row row = make_row("raw", 1, 100, 1);
  for (const auto& [due, not_begun, behind] :
       {std::tuple{0U, 0U, false}, {1000U, 10U, false}, {1000U, 11U, true}, {20U, 3U, false}, {20U, 4U, true}}) {
    row.due = due;
    row.not_begun = not_begun;
    EXPECT_EQ(row.falls_behind(), behind) << due << ' ' << not_begun;
  }
}

TEST(table, says_above_each_group_what_the_cases_differ_in) {
  result_set results = make_set();
  result_row more = results.rows.front();
  more.setting.block = 1 << 20;
  results.rows.push_back(more);
  std::ostringstream out;
  print_table(out, results);
  const std::string text = out.str();
  EXPECT_TRUE(text.starts_with("randread, O_DIRECT, f (1 MiB, ext4)\n")) << text;
  EXPECT_NE(text.find("\nblocks of 4 KiB:\n    1  raw"), std::string::npos) << text;
  EXPECT_NE(text.find("\nblocks of 1 MiB:\n  128  bridge"), std::string::npos) << text;
}

TEST(table, does_not_print_a_ratio_that_is_not_known) {
  result_set results = make_set();
  results.rows[0].iops = {50'000, 90'000, 130'000};
  std::ostringstream out;
  print_table(out, results);
  const auto bridge = out.str().substr(out.str().find("128  bridge"), 140);
  EXPECT_NE(bridge.find("   ~       ~     0.25    1.50"), std::string::npos) << bridge;
  EXPECT_NE(out.str().find("~ is a ratio that is not known"), std::string::npos);
  const std::string sentence = conclusion(results);
  EXPECT_EQ(sentence.find("raw ring"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("5.0 times that of one shared Asio file"), std::string::npos) << sentence;
}

TEST(table, says_what_more_shards_and_producers_bring) {
  result_set results{{}, {make_row("bridge", 32, 100'000, 3), make_row("raw", 32, 150'000, 3)}};
  for (const auto& [threads, shards, iops] : {std::tuple{2U, 1U, 110'000.0}, {2U, 2U, 190'000.0}}) {
    results.rows.push_back(make_row("bridge", 32, iops, 3));
    results.rows.back().setting = {.shards = shards, .client_threads = threads, .depth = 32};
  }
  std::ostringstream out;
  print_scaling(out, results.rows);
  const std::string text = out.str();
  EXPECT_NE(text.find("     1x1     2x1     2x2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("     32  bridge               1.00    1.10    1.90\n"), std::string::npos) << text;
  EXPECT_NE(text.find("     32  raw                  1.00       -       -\n"), std::string::npos) << text;
  std::ostringstream nothing;
  print_scaling(nothing, make_set().rows);
  EXPECT_EQ(nothing.str(), "");
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
