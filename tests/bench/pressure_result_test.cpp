// Goal: what the rounds of an engine say becomes one row, and the tables and the sentence say what the row says.
// Method: made-up rounds.

#include "pressure/pressure_summary.hpp"
#include "pressure/pressure_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

pressure_setting make_setting(pressure_kind engine) {
  pressure_setting what;
  what.engine = engine;
  what.max_ops = 128;
  what.max_waiters = 4096;
  what.pool_threads = 16;
  what.base_load = 0.9;
  what.base_seconds = 2;
  what.seconds = 5;
  what.drain_seconds = 2;
  what.overload_rate = 900'000;
  what.memory_limit = std::uint64_t{2} << 30;
  return what;
}

sample make_sample(double t, phase in, std::uint64_t mib, std::uint64_t queue) {
  sample result;
  result.t = t;
  result.in = in;
  result.seconds = 2;
  result.resident = mib << 20;
  result.queue = queue;
  result.offered = 1'800'000;
  result.admitted = 180'000;
  result.completed = 178'000;
  result.refused = 1'620'000;
  return result;
}

pressure_round make_round(std::uint64_t peak_mib, std::chrono::milliseconds p99) {
  pressure_round round;
  round.capacity = 90'000;
  round.base_rate = 81'000;
  round.overload_seconds = 5;
  round.samples = {make_sample(0, phase::base, 10, 3), make_sample(1, phase::overload, 20, 128),
                   make_sample(5, phase::overload, peak_mib, 100), make_sample(6, phase::drain, 20, 0)};
  round.base.from_initiation.record(2ms);
  round.base.from_admission.record(1ms);
  round.overload.offered = 100;
  round.overload.completed = 60;
  round.overload.refused = 40;
  for (auto* histogram :
       {&round.overload.from_intended, &round.overload.from_initiation, &round.overload.from_admission})
    histogram->record(p99);
  round.level_changes = {{0.001, 2}};
  round.level_changes_told = 7;
  round.level_changes_counted = 7;
  round.seconds_in_level = {1, 0, 4};
  return round;
}

pressure_set make_set() {
  pressure_set results;
  results.environment = {{"file", "f"},      {"file_system", "ext4"}, {"size", 1U << 20},
                         {"kernel", "6.18"}, {"cpu", "a CPU"},        {"cores", 2}};
  results.what = make_setting(pressure_kind::refuse);
  results.load = 10;
  results.rounds = 3;
  results.rows.push_back(summarize(results.what, {make_round(20, 2ms), make_round(21, 4ms), make_round(22, 6ms)}));
  pressure_round queued = make_round(2000, 3000ms);
  queued.at_memory_limit = true;
  queued.overload.abandoned = 12;
  results.rows.push_back(summarize(make_setting(pressure_kind::pool), {queued}));
  return results;
}

TEST(pressure_summary, takes_medians_and_sums) {
  const pressure_row row = make_set().rows[0];
  EXPECT_EQ(row.label(), "refuse");
  EXPECT_EQ(row.rounds, 3U);
  EXPECT_DOUBLE_EQ(row.offered.median, 900'000);
  EXPECT_DOUBLE_EQ(row.completed.median, 89'000);
  EXPECT_EQ(row.longest_queue.median, 128);
  EXPECT_EQ(row.memory_before_mib.median, 10);
  EXPECT_EQ(row.memory_settled_mib.median, 20);
  EXPECT_EQ(row.memory_peak_mib.max, 22);
  EXPECT_DOUBLE_EQ(row.memory_growth_percent.median, 5);
  EXPECT_NEAR(row.p99_ratio_from_initiation.median, 2, 0.05);
  EXPECT_NEAR(row.p99_ratio_from_admission.median, 4, 0.1);
  EXPECT_NEAR(row.p99_ratio_from_initiation.max, 3, 0.1);
  EXPECT_EQ(row.overload_sums.offered, 300U);
  EXPECT_EQ(row.overload_sums.refused, 120U);
  EXPECT_EQ(row.level_changes.median, 7);
  EXPECT_TRUE(row.level_changes_all_told);
  EXPECT_DOUBLE_EQ(row.percent_in_level[2].median, 80);
  EXPECT_EQ(row.samples.size(), 4U);
}

TEST(pressure_summary, of_a_round_that_was_cut_short_lets_it_settle_for_less) {
  pressure_round round = make_round(0, 1ms);
  round.overload_seconds = 0.4;
  round.samples = {make_sample(0, phase::base, 10, 0), make_sample(0.1, phase::overload, 100, 0),
                   make_sample(0.2, phase::overload, 200, 0), make_sample(0.4, phase::overload, 400, 0)};
  EXPECT_DOUBLE_EQ(summarize(make_setting(pressure_kind::pool), {round}).memory_growth_percent.median, 300);
}

TEST(pressure_summary, without_a_base_load_has_no_ratio) {
  pressure_round round = make_round(20, 1ms);
  round.base = {};
  EXPECT_EQ(summarize(make_setting(pressure_kind::wait), {round}).p99_ratio_from_initiation.median, 0);
}

TEST(pressure_summary, notices_changes_of_the_level_that_were_not_told) {
  pressure_round round = make_round(20, 1ms);
  round.level_changes_counted = 8;
  EXPECT_FALSE(summarize(make_setting(pressure_kind::wait), {round}).level_changes_all_told);
}

TEST(pressure_round, survives_the_pipe) {
  const auto text = nlohmann::ordered_json(make_round(30, 2ms)).dump();
  const auto copy = nlohmann::ordered_json::parse(text).get<pressure_round>();
  EXPECT_EQ(nlohmann::ordered_json(copy).dump(), text);
  EXPECT_EQ(copy.overload.from_initiation.count(), 1U);
  EXPECT_EQ(copy.level_changes.at(0).level, 2U);
}

TEST(pressure_table, has_two_lines_for_each_engine_and_what_there_is_to_add) {
  std::ostringstream out;
  print_table(out, make_set());
  const std::string text = out.str();
  for (const char* part :
       {"overload, reads of 4 KiB, O_DIRECT, f (1 MiB, ext4)",
        "3 rounds of 5 s at 900 thousand operations a second (10 times what the device does)",
        "refuse            900   0%      90.0     89.0      810          128      10.0      20.0      21.0    5.0%     "
        "   7",
        "pool of 16        900   0%      90.0     89.0      810          128      10.0      20.0      2000 9900.0%     "
        "   -",
        "pool of 16: in 1 of 1 round nothing more was offered after 5.00 s, at the memory limit of 2 GiB",
        "pool of 16: 12 operations were still queued 2 s after the overload and were given up"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(text.find("not every change"), std::string::npos);
}

TEST(pressure_table, of_nothing_says_so) {
  std::ostringstream out;
  print_table(out, pressure_set());
  EXPECT_EQ(out.str(), "nothing was measured\n");
  EXPECT_EQ(conclusion(pressure_set()), "");
}

TEST(pressure_table, ends_with_a_sentence) {
  EXPECT_EQ(conclusion(make_set()), "From the base load to the worst of the overload memory went from 10.0 to 21.0 MiB "
                                    "with refuse, from 10.0 to 2000 MiB with pool of 16.");
}

} // namespace
} // namespace shardbridge::bench
