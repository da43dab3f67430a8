// Goal: the figures of rounds become rows, and table and JSON say what the rows say.
// Method: small made-up rounds and results.

#include "wake/wake_summary.hpp"
#include "wake/wake_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace shardbridge::bench {
namespace {

wake_set make_set() {
  wake_figures figures;
  figures.rounds = 3;
  figures.round_trips = 12'345;
  figures.round_trip_p50_us = {40, 42.25, 46.45};
  figures.round_trip_p99_us = {90, 100, 130};
  figures.caller_us = {0.2, 0.25, 0.25};
  figures.cpu_us = {9, 9.875, 10};
  const auto row = [](const char* strategy, wake_state state) {
    return wake_row{.strategy = strategy,
                    .state = state,
                    .core = wake_core::other,
                    .spin_us = state == wake_state::awake ? 50 : 0,
                    .figures = {},
                    .unavailable = {}};
  };
  wake_set results{{{"kernel", "6.18"}, {"cpu", "a CPU"}, {"cores", 2}, {"spin_us", 50}}, 0.5, {}};
  results.rows.push_back(row("spin", wake_state::sleeping));
  results.rows.push_back(row("futex", wake_state::sleeping));
  results.rows.back().figures = figures;
  results.rows.push_back(row("msg-ring", wake_state::awake));
  results.rows.back().unavailable = "this kernel has none";
  return results;
}

TEST(wake_summary, takes_medians_over_rounds) {
  std::vector<wake_sample> rounds;
  for (const double us : {3.0, 1.0, 2.0}) {
    wake_round round;
    round.cpu_seconds = us * 4e-6;
    for (int i = 0; i != 4; ++i)
      round.trips.record(std::chrono::nanoseconds(static_cast<int>(us * 1000)));
    round.calls.record(std::chrono::nanoseconds(static_cast<int>(us * 10)));
    rounds.push_back(sample_of(round));
  }
  const wake_figures figures = summarize(rounds);
  EXPECT_EQ(figures.rounds, 3U);
  EXPECT_EQ(figures.round_trips, 12U);
  EXPECT_NEAR(figures.round_trip_p50_us.min, 1, 0.01);
  EXPECT_NEAR(figures.round_trip_p50_us.median, 2, 0.02);
  EXPECT_NEAR(figures.round_trip_p99_us.max, 3, 0.03);
  EXPECT_NEAR(figures.caller_us.median, 0.02, 1e-9);
  EXPECT_NEAR(figures.cpu_us.median, 2, 1e-9);
}

TEST(wake_table, has_a_line_for_each_cell) {
  std::ostringstream out;
  print_table(out, make_set());
  const std::string text = out.str();
  for (const char* part :
       {"3 rounds of 0.5 s a cell; who is awake looks for 50 us", "Linux 6.18, a CPU, 2 cores",
        "other  sleeping  spin                     -     -         -     -         -     -         -     -\n",
        "other  sleeping  futex                 42.2    8%       100   20%      0.25   10%      9.88    5%\n",
        "\n\nother  awake     msg-ring          unavailable: this kernel has none\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(wake_table, of_nothing_says_so) {
  std::ostringstream out;
  print_table(out, wake_set{});
  EXPECT_EQ(out.str(), "nothing was measured\n");
}

TEST(wake_json, has_what_was_measured_and_what_was_not) {
  const nlohmann::ordered_json json = make_set();
  EXPECT_EQ(json.at("environment").at("kernel"), "6.18");
  ASSERT_EQ(json.at("results").size(), 1U);
  const auto& row = json.at("results").at(0);
  EXPECT_EQ(row.at("strategy"), "futex");
  EXPECT_EQ(row.at("state"), "sleeping");
  EXPECT_EQ(row.at("core"), "other");
  EXPECT_EQ(row.at("spin_us"), 0);
  EXPECT_EQ(row.at("round_trips"), 12'345);
  EXPECT_EQ(row.at("round_trip_p50_us"), (nlohmann::ordered_json{{"min", 40.0}, {"median", 42.25}, {"max", 46.45}}));
  ASSERT_EQ(json.at("unavailable").size(), 1U);
  EXPECT_EQ(json.at("unavailable").at(0).at("strategy"), "msg-ring");
  EXPECT_EQ(json.at("unavailable").at(0).at("reason"), "this kernel has none");
}

} // namespace
} // namespace shardbridge::bench
