// Goal: legs, fairness and rows say what the stations and counts say, and what cannot be said is null.
// Method: made-up stations, rounds and rows.

#include "handoff/handoff_summary.hpp"
#include "handoff/handoff_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

std::chrono::steady_clock::time_point at(std::chrono::nanoseconds time) {
  return std::chrono::steady_clock::time_point(time);
}

constexpr std::size_t request_wait = 0, ring = 1, reply_wait = 2, handler = 3;

TEST(legs, of_an_operation_through_the_ring_are_four) {
  const op_times passed{.initiated = at(100ns),
                        .taken = at(110ns),
                        .submitted = at(115ns),
                        .completed = at(130ns),
                        .delivered = at(170ns)};
  const leg_times legs = legs_of(passed, at(175ns));
  EXPECT_EQ(legs[request_wait], 10ns);
  EXPECT_EQ(legs[ring], 20ns);
  EXPECT_EQ(legs[reply_wait], 40ns);
  EXPECT_EQ(legs[handler], 5ns);
}

TEST(legs, of_a_call_have_no_ring) {
  const op_times passed{.initiated = at(100ns), .taken = at(110ns), .completed = at(111ns), .delivered = at(150ns)};
  const leg_times legs = legs_of(passed, at(155ns));
  EXPECT_EQ(legs[request_wait], 10ns);
  EXPECT_EQ(legs[ring], std::nullopt);
  EXPECT_EQ(legs[reply_wait], 39ns);
  EXPECT_EQ(legs[handler], 5ns);
}

TEST(legs, without_a_delivery_the_reply_waits_until_the_handler) {
  const op_times passed{.initiated = at(100ns), .taken = at(110ns), .completed = at(110ns)};
  const leg_times legs = legs_of(passed, at(150ns));
  EXPECT_EQ(legs[reply_wait], 40ns);
  EXPECT_EQ(legs[handler], std::nullopt);
}

TEST(legs, that_were_not_reached_are_empty) {
  for (const auto& leg : legs_of({.initiated = at(100ns)}, at(150ns)))
    EXPECT_EQ(leg, std::nullopt);
}

TEST(handoff_account, is_silent_about_legs_it_never_saw) {
  handoff_account account;
  account.record({.initiated = at(100ns), .taken = at(110ns), .completed = at(110ns)}, at(150ns));
  EXPECT_EQ(account.latency.count(), 1U);
  EXPECT_EQ(account.legs[request_wait].quantile(0.5), 10ns);
  EXPECT_EQ(account.legs[ring].count(), 0U);
  handoff_account sum;
  sum.merge(account);
  sum.merge(account);
  EXPECT_EQ(sum.latency.count(), 2U);
  EXPECT_EQ(sum.legs[reply_wait].count(), 2U);
}

handoff_round make_round(std::vector<std::uint64_t> by_producer, std::optional<double> syscalls) {
  handoff_round round;
  round.by_producer = std::move(by_producer);
  round.initiated = round.operations();
  round.seconds = 0.5;
  round.cpu_seconds = 0.001;
  round.syscalls_per_op = syscalls;
  round.totals.record({.initiated = at(1us), .taken = at(3us), .completed = at(3us)}, at(8us));
  return round;
}

TEST(handoff_round, fairness_is_the_slowest_over_the_fastest) {
  EXPECT_DOUBLE_EQ(make_round({100, 50, 80}, {}).fairness(), 0.5);
  EXPECT_DOUBLE_EQ(make_round({7}, {}).fairness(), 1);
  EXPECT_DOUBLE_EQ(make_round({0, 9}, {}).fairness(), 0);
  EXPECT_DOUBLE_EQ(make_round({0, 0}, {}).fairness(), 0);
}

TEST(handoff_round, rates_are_over_all_producers) {
  const auto round = make_round({600, 400}, {});
  EXPECT_EQ(round.operations(), 1000U);
  EXPECT_DOUBLE_EQ(round.ops_per_s(), 2000);
  EXPECT_DOUBLE_EQ(round.cpu_us_per_op(), 1);
}

handoff_set make_set() {
  const handoff_setting what{.depth = 32, .producers = 2, .spin = 20us};
  const std::vector rounds{make_round({100, 100}, 2.0), make_round({300, 150}, {}), make_round({200, 200}, 4.0)};
  handoff_set results{{{"kernel", "6.18"}, {"cpu", "a CPU"}, {"cores", 2}}, {}};
  results.rows.push_back(summarize("post", what, 0.5, rounds));
  results.rows.push_back(summarize("bridge", what, 0.5, {make_round({800, 800}, {})}));
  return results;
}

TEST(handoff_summary, takes_medians_over_the_rounds) {
  const handoff_row row = make_set().rows[0];
  EXPECT_EQ(row.rounds, 3U);
  EXPECT_DOUBLE_EQ(row.ops_per_s.median, 800);
  EXPECT_DOUBLE_EQ(row.fairness.min, 0.5);
  EXPECT_DOUBLE_EQ(row.fairness.median, 1);
  ASSERT_TRUE(row.syscalls_per_op);
  EXPECT_DOUBLE_EQ(row.syscalls_per_op->median, 3);
  EXPECT_EQ(row.initiated, 1050U);
  EXPECT_EQ(row.operations, 1050U);
  EXPECT_FALSE(make_set().rows[1].syscalls_per_op);
}

TEST(handoff_set, in_json_has_null_for_what_is_not_there) {
  const auto row = nlohmann::ordered_json(make_set()).at("results").at(1);
  EXPECT_EQ(row.at("engine"), "bridge");
  EXPECT_EQ(row.at("depth"), 32);
  EXPECT_EQ(row.at("producers"), 2);
  EXPECT_EQ(row.at("shards"), 1);
  EXPECT_EQ(row.at("spin_us"), 20);
  EXPECT_EQ(row.at("same_core"), false);
  EXPECT_DOUBLE_EQ(row.at("ops_per_s").at("median").get<double>(), 3200);
  EXPECT_NEAR(row.at("p999_us").at("max").get<double>(), 7, 0.1);
  EXPECT_TRUE(row.at("syscalls_per_op").is_null());
  EXPECT_NEAR(row.at("legs").at("request_wait").at("p50_us").at("median").get<double>(), 2, 0.1);
  EXPECT_TRUE(row.at("legs").at("ring").is_null());
  EXPECT_TRUE(row.at("legs").at("handler").is_null());
}

TEST(handoff_table, has_a_line_for_each_row_and_its_legs) {
  std::ostringstream out;
  print_table(out, make_set());
  const std::string text = out.str();
  for (const char* part :
       {"3 rounds of 0.5 s, 1 client thread", "look again for 20 us", "Linux 6.18, a CPU, 2 cores",
        "     1          2     32  post          0.80", "     1          2     32  bridge        3.20    0%     4.00",
        "     1          2     32  bridge     2.01"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(handoff_table, of_nothing_says_so) {
  std::ostringstream out;
  print_table(out, handoff_set());
  EXPECT_EQ(out.str(), "nothing was measured\n");
}

} // namespace
} // namespace shardbridge::bench
