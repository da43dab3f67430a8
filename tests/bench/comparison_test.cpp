// Goal: a comparison finds what has changed, and calls nothing a change that chance brings. Method: results as every
// command writes them, made by hand and changed in one place.
#include <compare/compare_table.hpp>
#include <compare/comparison.hpp>

#include <common/failure.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

json spread_json(double min, double median, double max) {
  return {{"min", min}, {"median", median}, {"max", max}};
}

json row(unsigned depth, const json& iops, const json& p50) {
  return {{"engine", "bridge"}, {"depth", depth}, {"direct", true}, {"pool_threads", nullptr},
          {"rounds", 5},        {"seconds", 1.0}, {"iops", iops},   {"base", {{"p50_us", p50}}},
          {"operations", 1000}};
}

json results(std::vector<json> rows) {
  return {{"environment", {{"kernel", "6.1"}, {"date", "yesterday"}}}, {"results", std::move(rows)}};
}

comparison compared(const json& before, const json& after) {
  return compare(before, "before.json", after, "after.json");
}

const json same = spread_json(90, 100, 110);

TEST(comparison, of_a_file_with_itself_finds_nothing) {
  const json one = results({row(1, same, same), row(32, same, same)});
  const comparison found = compared(one, one);
  ASSERT_EQ(found.differences.size(), 4U);
  for (const difference& each : found.differences) {
    EXPECT_EQ(each.found, verdict::within_noise) << each.measured << each.quantity;
    EXPECT_DOUBLE_EQ(each.ratio(), 1);
  }
  EXPECT_EQ(found.differences[0].measured, "bridge, depth 1, direct");
  EXPECT_EQ(found.differences[0].quantity, "iops");
  EXPECT_EQ(found.differences[1].quantity, "base.p50_us");
  EXPECT_TRUE(found.environment.empty() && found.only_before.empty() && found.only_after.empty());
}

struct change {
  json iops, p50;
  verdict of_iops, of_p50;
};

TEST(comparison, calls_beyond_the_noise_what_no_round_of_the_other_reaches) {
  for (const change& each : {change{spread_json(111, 120, 130), same, verdict::better, verdict::within_noise},
                             change{spread_json(110, 120, 130), same, verdict::within_noise, verdict::within_noise},
                             change{spread_json(70, 80, 89), same, verdict::worse, verdict::within_noise},
                             change{same, spread_json(70, 80, 89), verdict::within_noise, verdict::better},
                             change{same, spread_json(111, 120, 130), verdict::within_noise, verdict::worse}}) {
    const comparison found = compared(results({row(1, same, same)}), results({row(1, each.iops, each.p50)}));
    ASSERT_EQ(found.differences.size(), 2U);
    EXPECT_EQ(found.differences[0].found, each.of_iops) << each.iops;
    EXPECT_EQ(found.differences[1].found, each.of_p50) << each.p50;
  }
}

TEST(comparison, knows_what_more_of_a_quantity_is) {
  for (const char* const rate : {"iops", "gib_per_s", "ops_per_s", "requests_per_second", "per_second.completed"})
    EXPECT_EQ(meaning_of_more(rate), direction::better) << rate;
  for (const char* const cost :
       {"p99_us", "base.from_initiation.p50_ms", "cpu_s_per_million", "cpu_us_per_op", "syscalls_per_op",
        "system_calls", "server_cpu_us", "memory.peak_mib", "voluntary_switches_per_op", "cpu_io_wq_s_per_million"})
    EXPECT_EQ(meaning_of_more(cost), direction::worse) << cost;
  EXPECT_EQ(meaning_of_more("levels.percent_normal"), direction::neither);
}

TEST(comparison, tells_what_only_one_has_and_what_differs_around) {
  json after = results({row(32, same, same)});
  after["environment"] = {{"kernel", "6.2"}, {"date", "today"}, {"governor", "performance"}};
  after["setting"] = {{"device_rate", 5}};
  const comparison found = compared(results({row(1, same, same)}), after);
  EXPECT_EQ(found.only_before, std::vector<std::string>{"bridge, depth 1, direct"});
  EXPECT_EQ(found.only_after, std::vector<std::string>{"bridge, depth 32, direct"});
  ASSERT_EQ(found.environment.size(), 3U);
  EXPECT_EQ(found.environment[0].what + found.environment[0].before + found.environment[0].after, "kernel6.16.2");
  EXPECT_EQ(found.environment[1].what + found.environment[1].before, "governor?");
  EXPECT_EQ(found.environment[2].what + found.environment[2].after, "device_rate5");
  EXPECT_DOUBLE_EQ(found.chance_of_error(), 1) << "nothing was compared";
}

TEST(comparison, knows_how_often_chance_looks_like_a_change) {
  comparison of;
  of.rounds_before = of.rounds_after = 5;
  EXPECT_NEAR(of.chance_of_error(), 2.0 / 252, 1e-9);
  of.rounds_before = 1;
  of.rounds_after = 1;
  EXPECT_NEAR(of.chance_of_error(), 1, 1e-9);
  of.rounds_after = 3;
  EXPECT_NEAR(of.chance_of_error(), 0.5, 1e-9);
}

TEST(comparison, refuses_what_is_no_result) {
  for (const json& each : {json::object(), results({}), json{{"results", 5}}, json{{"results", json::array({5})}},
                           json{{"results", json::array({json{{"engine", "bridge"}}})}},
                           json{{"results", json::array({json{{"rounds", 1},
                                                              {"iops", spread_json(1, 2, 3)},
                                                              {"x", {{"min", "a"}, {"median", 1}, {"max", 2}}}}})}}}) {
    try {
      static_cast<void>(compared(each, results({row(1, same, same)})));
      FAIL() << each;
    } catch (const bad_input& told) {
      EXPECT_NE(std::string(told.what()).find("'before.json' does not hold results"), std::string::npos) << told.what();
    }
  }
}

TEST(comparison, is_printed_with_what_has_changed_and_with_all_if_wanted) {
  const comparison found = compared(results({row(1, same, same)}), results({row(1, spread_json(200, 210, 220), same)}));
  std::ostringstream some, all;
  print_comparison(some, found, false);
  print_comparison(all, found, true);
  EXPECT_NE(some.str().find("iops"), std::string::npos) << some.str();
  EXPECT_NE(some.str().find("2.10  better"), std::string::npos) << some.str();
  EXPECT_EQ(some.str().find("p50_us"), std::string::npos) << some.str();
  EXPECT_NE(all.str().find("p50_us"), std::string::npos) << all.str();
  EXPECT_NE(some.str().find("2 quantities compared: 1 better, 0 worse, 0 different, 1 within the noise"),
            std::string::npos)
      << some.str();
  EXPECT_NE(some.str().find("one quantity in 126"), std::string::npos) << some.str();
}

} // namespace
} // namespace shardbridge::bench
