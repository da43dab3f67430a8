// Goal: `fairness` gives a shard every subset of loads, counts each kind by itself, and says so in a table and in JSON.
// Method: the least rate stepped by hand, summaries of made-up rounds, a real service of small loads, short runs of the
// program. Figures are not judged: a test machine is busy.

#include "fairness/fairness_result.hpp"
#include "fairness/least_rate.hpp"
#include "fairness/options.hpp"
#include "program.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;
using time_point = std::chrono::steady_clock::time_point;

constexpr std::size_t bridge_index = index_of(load_kind::bridge);
constexpr std::size_t tasks_index = index_of(load_kind::tasks);

TEST(least_rate, is_that_of_the_worst_window) {
  least_rate least(100ms);
  const time_point begin{};
  least.sample(begin, 0);
  least.sample(begin + 50ms, 100);
  EXPECT_FALSE(least.get()) << "no window has passed";
  least.sample(begin + 100ms, 200);
  EXPECT_DOUBLE_EQ(least.get().value(), 2000);
  // Half a window stands still, and lies in two whole ones.
  least.sample(begin + 150ms, 200);
  EXPECT_DOUBLE_EQ(least.get().value(), 1000);
  least.sample(begin + 200ms, 400);
  least.sample(begin + 250ms, 600);
  EXPECT_DOUBLE_EQ(least.get().value(), 1000);
}

TEST(least_rate, takes_late_samples_for_what_they_are) {
  least_rate least(100ms);
  least.sample(time_point(), 0);
  least.sample(time_point() + 400ms, 800);
  EXPECT_DOUBLE_EQ(least.get().value(), 2000) << "the time that passed counts, not the window's length";
}

TEST(fairness_setting, has_every_subset_once) {
  const auto subsets = all_subsets();
  std::set<std::string> names;
  for (const auto& each : subsets)
    names.insert(name_of(each));
  EXPECT_EQ(names.size(), 15U);
  EXPECT_EQ(name_of(subsets.front()), "bridge");
  EXPECT_EQ(name_of(subsets.back()), "all");
  EXPECT_TRUE(names.contains("disk+sockets+tasks"));
}

TEST(fairness_options, read_subsets) {
  fairness_texts texts;
  EXPECT_EQ(parse_options(texts).subsets.size(), 15U);
  texts.loads = "tasks,bridge+tasks,all,tasks";
  const auto subsets = parse_options(texts).subsets;
  ASSERT_EQ(subsets.size(), 3U);
  EXPECT_EQ(name_of(subsets[1]), "bridge+tasks");
}

TEST(fairness_options, refuse_what_makes_no_sense) {
  const auto answer = [](auto change) {
    fairness_texts texts;
    change(texts);
    return sentence_of([&] { parse_options(texts); });
  };
  EXPECT_NE(answer([](auto& texts) { texts.loads = "disk+warp"; }).find("--loads 'disk+warp' is unknown"),
            std::string::npos);
  EXPECT_NE(answer([](auto& texts) { texts.asked = "warp"; }).find("--bridge 'warp'"), std::string::npos);
  EXPECT_NE(answer([](auto& texts) { texts.busy = "0"; }).find("--busy"), std::string::npos);
  EXPECT_NE(answer([](auto& texts) { texts.window = "1us"; }).find("--window"), std::string::npos);
  EXPECT_NE(answer([](auto& texts) { texts.size = "1K"; }).find("--size"), std::string::npos);
}

fairness_round round_of(std::uint64_t bridge, std::uint64_t tasks) {
  fairness_round round;
  round.seconds = 2;
  round.turns = 10;
  round.computed_seconds = 1;
  round.loads[bridge_index] = {.operations = bridge, .least_per_s = 5.0};
  round.loads[tasks_index] = {.operations = tasks, .least_per_s = {}};
  return round;
}

TEST(fairness_result, compares_with_each_kind_alone_round_by_round) {
  const std::vector<fairness_round> bridge{round_of(100, 0), round_of(200, 0)};
  const std::vector<fairness_round> both{round_of(50, 20), round_of(100, 20)};
  const load_subset alone(1UL << bridge_index), together((1UL << bridge_index) | (1UL << tasks_index));
  const auto rows = summarize({{alone, &bridge}, {together, &both}});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_FALSE(rows[0].of_alone) << "it is alone";
  EXPECT_FALSE(rows[0].time_share) << "nobody knows";
  EXPECT_EQ(rows[0].ops_per_s.median, 75);
  EXPECT_EQ(rows[1].of_alone.value().min, 0.5);
  EXPECT_EQ(rows[1].of_alone.value().max, 0.5);
  EXPECT_EQ(rows[1].least_per_s.value().median, 5);
  EXPECT_EQ(rows[1].per_turn.max, 10);
  EXPECT_FALSE(rows[2].of_alone) << "tasks never were alone";
  EXPECT_FALSE(rows[2].least_per_s);
  EXPECT_EQ(rows[2].time_share.value().median, 0.5);
}

fairness_setting small(const std::string& path) {
  fairness_setting what;
  what.path = path;
  what.blocks = 16;
  what.direct = false;
  what.clients = 3;
  what.readers = what.connections = what.busy = 2;
  what.step = 1us;
  what.turn_slice = 100us;
  what.window = 20ms;
  return what;
}

TEST(fairness_service, does_every_subset_and_nothing_else) {
  const scratch_folder folder;
  fairness_service service(small(make_verified_file(folder, 16)));
  for (const load_subset& subset : all_subsets()) {
    const fairness_round round = service.run(subset, 0.2);
    for (std::size_t kind = 0; kind != load_kinds; ++kind)
      EXPECT_EQ(round.loads[kind].operations != 0, subset[kind]) << load_names[kind] << " of " << name_of(subset);
    EXPECT_EQ(round.computed_seconds > 0, subset[tasks_index]) << name_of(subset);
    EXPECT_GT(round.turns, 0U);
    EXPECT_EQ(round.went_wrong.errors + round.went_wrong.wrong_blocks, 0U)
        << round.went_wrong.messages.front() << " of " << name_of(subset);
  }
}

TEST(fairness_service, clients_can_read_from_the_page_cache) {
  const scratch_folder folder;
  fairness_setting what = small(make_verified_file(folder, 16));
  what.asked = bridge_load::read;
  const fairness_round round = fairness_service(what).run(load_subset(1UL << bridge_index), 0.2);
  EXPECT_GT(round.operations(), 0U);
  EXPECT_EQ(round.went_wrong.errors, 0U);
}

TEST(fairness_service, tells_what_goes_wrong) {
  const scratch_folder folder;
  const load_subset disk(1UL << index_of(load_kind::disk));
  const fairness_round none = fairness_service(small(folder / "none")).run(disk, 0.02);
  EXPECT_EQ(none.went_wrong.errors, 1U);
  ASSERT_FALSE(none.went_wrong.messages.empty());
  EXPECT_NE(none.went_wrong.messages.front().find("No such file"), std::string::npos);
  fairness_setting wrong = small(make_verified_file(folder, 16, 2048));
  wrong.blocks = 8;
  EXPECT_GT(fairness_service(wrong).run(disk, 0.2).went_wrong.wrong_blocks, 0U) << "blocks of another size";
}

TEST(fairness, json_has_every_kind_and_value) {
  const auto result = run_program({"fairness", "--loads", "bridge,tasks,all", "--seconds", "0.2", "--rounds", "2",
                                   "--size", "256K", "--no-direct", "--window", "20ms", "--quiet", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("sockets"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_TRUE(json.at("environment").contains("kernel"));
  EXPECT_EQ(json.at("setting").at("busy"), 4);
  EXPECT_EQ(json.at("errors"), 0);
  std::set<std::string> seen;
  for (const auto& row : json.at("results")) {
    const std::string kind = row.at("kind"), loads = row.at("loads");
    seen.insert(kind + " of " + loads);
    EXPECT_EQ(row.at("rounds"), 2);
    EXPECT_GT(row.at("operations"), 0) << row;
    EXPECT_EQ(row.at("of_alone").is_null(), loads != "all" || kind == "disk" || kind == "sockets") << row;
    EXPECT_EQ(row.at("time_share").is_null(), kind != "tasks") << row;
    EXPECT_LE(row.at("least_ops_per_s").at("median"), row.at("ops_per_s").at("max")) << row;
  }
  EXPECT_EQ(seen, (std::set<std::string>{"bridge of bridge", "tasks of tasks", "bridge of all", "disk of all",
                                         "sockets of all", "tasks of all"}));
}

TEST(fairness, what_cannot_be_used_gets_one_sentence) {
  const auto result = run_program({"fairness", "--loads", "warp"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("--loads 'warp' is unknown; there are bridge, disk, sockets and tasks"), std::string::npos)
      << result.err;
}

} // namespace
} // namespace shardbridge::bench
