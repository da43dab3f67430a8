// Goal: `sync` measures every engine at every depth, groups what can go together, says so in a table and in JSON, and
// an engine that only claims to have written is found out. Method: commits stepped by hand, engines of the test's own,
// real ones on a device that takes nothing, short runs of the program. Figures are not judged: a test machine is busy.

#include "program.hpp"
#include "sentence_of.hpp"
#include "sync/commit_group.hpp"
#include "sync/engine.hpp"
#include "sync/options.hpp"
#include "sync/sync_result.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <array>
#include <deque>
#include <map>

namespace shardbridge::bench {
namespace {

std::string answer_to(const sync_texts& texts) {
  return sentence_of([&] { parse_options(texts); });
}

TEST(sync_options, give_each_client_a_block) {
  sync_texts texts;
  texts.depth = "1,32,8";
  EXPECT_EQ(parse_options(texts).file_size(), 32U * 4096);
  EXPECT_EQ(parse_options(texts).pool_threads, (std::vector<unsigned>{4, 16}));
}

TEST(sync_options, refuse_what_makes_no_sense) {
  sync_texts texts;
  texts.block = "8";
  EXPECT_NE(answer_to(texts).find("--block must be 64"), std::string::npos) << answer_to(texts);
  texts.block = "512";
  EXPECT_EQ(answer_to(texts), "accepted");
  texts.depth = "0";
  EXPECT_NE(answer_to(texts).find("--depth"), std::string::npos);
  EXPECT_EQ(sentence_of([] { plan_sync({"warp"}, {4}); }),
            "--engine 'warp' is unknown; there are bridge, bridge-grouped, pool, raw and raw-linked");
  EXPECT_EQ(plan_sync({"pool", "raw", "pool"}, {4, 16}).size(), 3U);
}

/// Clients side by side, but for those that are told to lie apart.
struct places {
  explicit places(std::initializer_list<std::uint64_t> blocks) {
    for (const std::uint64_t block : blocks)
      all.emplace_back(shared, block * bytes.size(), bytes);
  }

  std::array<std::byte, 64> bytes{};
  sync_load shared;
  std::deque<sync_client> all;
};

std::vector<std::size_t> lengths_of(const commit_group& group) {
  std::vector<std::size_t> lengths;
  for (const commit_run& run : runs_of(group.members()))
    lengths.push_back(run.count);
  return lengths;
}

TEST(commit_group, gathers_while_one_is_under_way) {
  places at{0, 1, 2};
  commit_group group;
  EXPECT_FALSE(group.begin()) << "nobody waits";
  group.add(at.all[0]);
  EXPECT_TRUE(group.begin());
  group.add(at.all[2]);
  group.add(at.all[1]);
  EXPECT_FALSE(group.begin()) << "one is under way";
  EXPECT_EQ(group.members(), std::vector{&at.all[0]});
  for (sync_client* who : group.end())
    group.add(*who);
  EXPECT_TRUE(group.begin());
  EXPECT_EQ(group.members(), (std::vector{&at.all[0], &at.all[1], &at.all[2]})) << "by place";
  EXPECT_EQ(group.end().size(), 3U);
  EXPECT_FALSE(group.begin());
}

TEST(commit_group, makes_one_write_of_places_side_by_side) {
  places at{7, 0, 1, 3, 4, 5};
  commit_group group;
  EXPECT_TRUE(lengths_of(group).empty());
  for (sync_client& who : at.all)
    group.add(who);
  ASSERT_TRUE(group.begin());
  EXPECT_EQ(lengths_of(group), (std::vector<std::size_t>{2, 3, 1}));
}

TEST(commit_group, no_write_has_more_buffers_than_the_kernel_takes) {
  places at{};
  commit_group group;
  for (std::uint64_t block = 0; block != 1025; ++block)
    group.add(at.all.emplace_back(at.shared, block * at.bytes.size(), at.bytes));
  ASSERT_TRUE(group.begin());
  EXPECT_EQ(lengths_of(group), (std::vector<std::size_t>{1024, 1}));
}

/// Writes only where it is told to.
class dishonest_engine final : public sync_engine {
 public:
  dishonest_engine(const sync_setting& what, unsigned honest) : sync_engine(what), honest_(honest) {}

 private:
  void run() override {
    for (unsigned i = 0; i != clients().size(); ++i)
      while (clients()[i].next()) {
        const auto buffer = clients()[i].buffer();
        const auto place = static_cast<off_t>(clients()[i].offset());
        if (i < honest_) {
          EXPECT_EQ(::pwrite(file(), buffer.data(), buffer.size(), place), static_cast<ssize_t>(buffer.size()));
        }
        count_sync();
        clients()[i].completed();
      }
  }

  const unsigned honest_;
};

TEST(sync_engine, finds_out_who_has_not_written) {
  const scratch_folder folder;
  const sync_setting what{.path = make_verified_file(folder, 3), .depth = 3, .direct = false};
  const sync_round cheated = dishonest_engine(what, 1).run_round(0.01);
  EXPECT_EQ(cheated.totals.went_wrong.wrong_blocks, 2U);
  EXPECT_FALSE(cheated.totals.went_wrong.messages.empty());
  const sync_round honest = dishonest_engine(what, 3).run_round(0.01);
  EXPECT_EQ(honest.totals.went_wrong.wrong_blocks, 0U);
  EXPECT_GE(honest.operations(), 3U);
  EXPECT_EQ(honest.syncs, honest.operations());
  EXPECT_EQ(honest.totals.latency.count(), honest.operations());
}

TEST(sync_engine, tells_of_a_device_that_takes_nothing) {
  const sync_setting what{.path = "/dev/full", .depth = 3, .direct = false};
  for (const sync_plan& plan : plan_sync({"bridge", "bridge-grouped", "pool", "raw", "raw-linked"}, {2})) {
    const sync_round round = plan.make(what)->run_round(0.02);
    EXPECT_EQ(round.operations(), 0U) << plan.label();
    EXPECT_GE(round.totals.went_wrong.errors, 3U) << plan.label();
    ASSERT_FALSE(round.totals.went_wrong.messages.empty()) << plan.label();
    EXPECT_NE(round.totals.went_wrong.messages.front().find("No space left"), std::string::npos)
        << plan.label() << ": " << round.totals.went_wrong.messages.front();
  }
}

std::vector<sync_round> rounds_at(std::initializer_list<std::uint64_t> operations) {
  std::vector<sync_round> rounds;
  for (const std::uint64_t each : operations) {
    sync_round round;
    round.totals.operations = each;
    round.seconds = 1;
    round.cpu_seconds = 1;
    rounds.push_back(round);
  }
  return rounds;
}

TEST(sync_result, compares_within_rounds_with_the_best_pool_and_raw) {
  const auto plans = plan_sync({"bridge", "pool", "raw"}, {4, 16});
  const auto bridge = rounds_at({20, 40}), small = rounds_at({5, 5}), large = rounds_at({10, 20}),
             raw = rounds_at({40, 80});
  const auto rows = summarize({}, {{&plans[0], &bridge}, {&plans[1], &small}, {&plans[2], &large}, {&plans[3], &raw}});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].of_pool->rate.min, 2);
  EXPECT_EQ(rows[0].of_pool->rate.max, 2) << "the machine's rounds differ, the engines do not";
  EXPECT_EQ(rows[0].of_pool->cpu.median, 0.5);
  EXPECT_EQ(rows[0].of_raw->rate.median, 0.5);
  EXPECT_FALSE(rows[2].of_pool) << "is the best";
  EXPECT_TRUE(rows[1].of_pool);
  EXPECT_FALSE(rows[3].of_raw);
}

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"sync", "--seconds", "0.04", "--rounds", "2", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(sync, json_has_every_engine_and_value) {
  const auto result = run_program(quick({"--no-direct", "--depth", "1,8", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("bridge-grouped"), std::string::npos) << "the table goes to stderr";
  const auto json = nlohmann::json::parse(result.out);
  for (const char* key : {"kernel", "cpu", "file", "file_system", "interrupted"})
    EXPECT_TRUE(json.at("environment").contains(key)) << key;
  std::map<std::string, int> rows;
  for (const auto& row : json.at("results")) {
    const std::string engine = row.at("engine");
    ++rows[engine];
    EXPECT_EQ(row.at("pool_threads").is_null(), engine != "pool");
    EXPECT_EQ(row.at("of_raw").is_null(), engine == "raw");
    EXPECT_EQ(row.at("block"), 4096);
    EXPECT_EQ(row.at("direct"), false);
    EXPECT_EQ(row.at("errors"), 0) << row;
    EXPECT_EQ(row.at("wrong_blocks"), 0) << row;
    EXPECT_GE(row.at("operations"), row.at("rounds").get<int>() * row.at("depth").get<int>()) << row;
    for (const char* key : {"ops_per_s", "p50_us", "p99_us", "p999_us", "writes_per_sync"})
      EXPECT_GT(row.at(key).at("median").get<double>(), 0) << key << row;
    if (engine != "raw" && engine != "bridge-grouped") {
      EXPECT_EQ(row.at("syncs"), row.at("operations")) << row;
    }
  }
  EXPECT_EQ(rows, (std::map<std::string, int>{
                      {"bridge", 2}, {"bridge-grouped", 2}, {"pool", 4}, {"raw", 2}, {"raw-linked", 2}}));
}

TEST(sync, groups_share_their_syncs) {
  const auto result =
      run_program(quick({"--no-direct", "--engine", "bridge-grouped,raw", "--depth", "16", "--json", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  // All go on together when their commit ends, so whatever the scheduler does they stay together.
  for (const auto& row : json.at("results"))
    EXPECT_GT(row.at("writes_per_sync").at("min").get<double>(), 4) << row;
}

TEST(sync, writes_directly) {
  const auto result = run_program(quick({"--depth", "3", "--rounds", "1"}));
  if (result.err.find("O_DIRECT") != std::string::npos) GTEST_SKIP() << result.err;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("pool of 16"), std::string::npos) << result.out;
}

TEST(sync, what_cannot_be_used_gets_one_sentence) {
  const auto result = run_program(quick({"--engine", "warp"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("--engine 'warp' is unknown"), std::string::npos) << result.err;
}

} // namespace
} // namespace shardbridge::bench
