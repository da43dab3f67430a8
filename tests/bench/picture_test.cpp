// Goal: pictures show what the results say, and gnuplot is asked for what can be drawn. Method: small made-up results
// of each command, looked at as pictures and as scripts, without gnuplot.
#include "common/failure.hpp"
#include "plot/gnuplot_script.hpp"
#include "plot/layout.hpp"
#include "plot/palette.hpp"
#include "plot/pictures.hpp"
#include "plot/scale.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace shardbridge::bench {
namespace {

using json = results_json;

json spread_json(double median) {
  return {{"min", median * 0.9}, {"median", median}, {"max", median * 1.1}};
}

json results_with(const std::string& command, json rows) {
  return {{"environment", {{"kernel", "6.18"}, {"cpu", "a CPU"}, {"cores", 2}, {"command", command}}},
          {"results", std::move(rows)}};
}

json offload_row(const std::string& engine, unsigned depth, double iops) {
  return {{"engine", engine},
          {"rw", "randread"},
          {"block", 4096},
          {"depth", depth},
          {"direct", true},
          {"shards", 1},
          {"client_threads", 1},
          {"pool_threads", nullptr},
          {"rounds", 3},
          {"iops", spread_json(iops)},
          {"p50_us", spread_json(10)},
          {"p99_us", spread_json(99)},
          {"p999_us", spread_json(999)},
          {"cpu_s_per_million", spread_json(7)},
          {"latency", json::array({{20'000, 900}, {50'000, 90}, {100'000, 10}})},
          {"a field of later versions", {1, 2}}};
}

json pool_row(unsigned threads, unsigned depth, double iops) {
  json row = offload_row("pool", depth, iops);
  row["pool_threads"] = threads;
  return row;
}

std::vector<std::string> names_of(const std::vector<picture>& all) {
  std::vector<std::string> names;
  for (const picture& each : all)
    names.push_back(each.name);
  return names;
}

const series& series_in(const panel& in, const std::string& name) {
  const auto found = std::ranges::find(in.all, name, &series::name);
  if (found == in.all.end()) throw std::runtime_error("no series " + name);
  return *found;
}

using names = std::vector<std::string>;

TEST(pictures, of_offload_show_rate_cpu_time_and_p99_by_depth) {
  const auto all = pictures_of(
      results_with("offload", {offload_row("bridge", 1, 20'000), offload_row("bridge", 32, 100'000),
                               pool_row(4, 32, 50'000), pool_row(16, 32, 70'000), pool_row(16, 1, 10'000)}));
  ASSERT_EQ(names_of(all), (names{"offload", "offload-latency"}));
  ASSERT_EQ(all[0].panels.size(), 3U);
  const panel& rate = all[0].panels[0];
  EXPECT_EQ(rate.places, (names{"1", "32"}));
  EXPECT_FALSE(rate.logarithmic) << "ratios are judged from zero";
  EXPECT_EQ(series_in(rate, "bridge").marks, (std::vector<mark>{{0, 20, 18, 22}, {1, 100, 90, 110.00000000000001}}));
  const auto& pool = series_in(rate, "best pool").marks;
  ASSERT_EQ(pool.size(), 2U);
  EXPECT_DOUBLE_EQ(pool[1].y, 70) << "of 16 at depth 32";
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[1], "bridge").marks[0].y, 7);
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[2], "bridge").marks[1].y, 99);
  EXPECT_FALSE(all[0].panels[1].logarithmic) << "all take the same";
}

TEST(pictures, of_offload_have_the_percentiles_of_the_histogram) {
  const auto all = pictures_of(results_with("offload", {offload_row("bridge", 1, 20'000), offload_row("raw", 1, 1)}));
  const auto& marks = series_in(all.at(1).panels.at(0), "bridge").marks;
  ASSERT_GT(marks.size(), 20U);
  EXPECT_NEAR(marks.front().x, percentile_place(0.5), 1e-9);
  EXPECT_NEAR(marks.front().y, 20, 1);
  EXPECT_NEAR(marks.back().x, percentile_place(0.99), 1e-9) << "1000 operations do not tell more";
  EXPECT_NEAR(marks.back().y, 50, 2);
  for (std::size_t i = 1; i != marks.size(); ++i) {
    EXPECT_GT(marks[i].x, marks[i - 1].x);
    EXPECT_GE(marks[i].y, marks[i - 1].y);
  }
}

TEST(pictures, of_what_an_older_program_wrote_have_the_percentiles_it_tells) {
  json row = offload_row("bridge", 1, 20'000);
  row.erase("latency");
  json old = results_with("", json::array({row}));
  old["environment"].erase("command");
  const auto all = pictures_of(old);
  ASSERT_EQ(names_of(all), (names{"offload", "offload-latency"}));
  EXPECT_EQ(series_in(all[1].panels.at(0), "bridge").marks.size(), 3U);
}

TEST(pictures, of_groups_have_a_row_of_panels_each) {
  json other = offload_row("bridge", 1, 1);
  other["block"] = 131072;
  const auto all = pictures_of(results_with("sequential", json::array({offload_row("bridge", 1, 1), other})));
  ASSERT_EQ(all.at(0).panels.size(), 6U);
  EXPECT_EQ(all[0].columns, 3U);
  EXPECT_TRUE(all[0].panels[0].title.starts_with("blocks of 4 KiB: ")) << all[0].panels[0].title;
  EXPECT_TRUE(all[0].panels[3].title.starts_with("blocks of 128 KiB: ")) << all[0].panels[3].title;
}

TEST(pictures, of_more_groups_than_can_be_looked_at_go_on_in_another) {
  json rows = json::array();
  for (unsigned block = 1; block <= 8; ++block) {
    rows.push_back(offload_row("bridge", 1, 1));
    rows.back()["block"] = block * 4096;
  }
  const auto all = pictures_of(results_with("offload", rows));
  EXPECT_EQ(names_of(all), (names{"offload", "offload-2", "offload-latency", "offload-latency-2"}));
  EXPECT_EQ(all[0].panels.size() + all[1].panels.size(), 24U);
}

TEST(pictures, of_scale_put_threads_and_shards_along_the_axis) {
  json rows = json::array();
  for (const unsigned shards : {1U, 2U})
    for (const unsigned threads : {1U, 2U}) {
      rows.push_back(offload_row("raw", 32, 1000 * shards + threads));
      rows.back()["shards"] = shards;
      rows.back()["client_threads"] = threads;
    }
  const auto all = pictures_of(results_with("scale", rows));
  ASSERT_EQ(all.at(0).panels.size(), 3U);
  EXPECT_EQ(all[0].panels[0].places, (names{"1×1", "2×1", "1×2", "2×2"}));
  EXPECT_EQ(series_in(all[0].panels[0], "raw").marks.size(), 4U);
}

TEST(pictures, of_handoff_stack_the_legs) {
  const auto leg = [](double p50) { return json{{"p50_us", spread_json(p50)}}; };
  json row{{"engine", "bridge"}, {"depth", 1}, {"producers", 64}, {"shards", 1}, {"client_threads", 1}};
  row.update({{"same_core", false}, {"rounds", 2}, {"ops_per_s", spread_json(1e6)}, {"cpu_us_per_op", spread_json(1)}});
  row.update({{"p50_us", spread_json(5)}, {"p99_us", spread_json(6)}, {"p999_us", spread_json(7)}});
  row["legs"] = {{"request_wait", leg(3)}, {"ring", leg(2)}, {"reply_wait", nullptr}, {"handler", leg(1)}};
  const auto all = pictures_of(results_with("handoff", json::array({row})));
  ASSERT_EQ(names_of(all), (names{"handoff", "handoff-latency", "handoff-legs"}));
  const panel& legs = all[2].panels.at(0);
  EXPECT_TRUE(legs.stacked);
  EXPECT_EQ(series_in(legs, "ring").marks, (std::vector<mark>{{0, 5, 3, 5}}));
  EXPECT_EQ(series_in(legs, "handler").marks, (std::vector<mark>{{0, 6, 5, 6}})) << "without what the engine has not";
  EXPECT_NE(gnuplot_script(all[2]).find("\n0 6 5 6 -0.2304 0.2304 5\n"), std::string::npos) << gnuplot_script(all[2]);
}

TEST(pictures, of_wake_have_a_panel_for_each_core_and_state) {
  json rows = json::array();
  for (const char* state : {"sleeping", "awake"})
    rows.push_back({{"strategy", "futex"},
                    {"state", state},
                    {"core", "other"},
                    {"rounds", 1},
                    {"round_trip_p50_us", spread_json(40)},
                    {"round_trip_p99_us", spread_json(50)},
                    {"cpu_us", spread_json(30)}});
  const auto all = pictures_of(results_with("wake", rows));
  ASSERT_EQ(names_of(all), names{"wake"});
  ASSERT_EQ(all[0].panels.size(), 4U);
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[0], "p99").marks.at(0).y, 50);
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[3], "CPU").marks.at(0).y, 30);
}

json fairness_row(const std::string& kind, const std::string& loads, json of_alone) {
  return {{"kind", kind},
          {"loads", loads},
          {"rounds", 1},
          {"ops_per_s", spread_json(1000)},
          {"of_alone", std::move(of_alone)},
          {"least_ops_per_s", spread_json(500)}};
}

TEST(pictures, of_fairness_show_shares_of_what_each_kind_has_alone) {
  const auto all = pictures_of(
      results_with("fairness", {fairness_row("bridge", "bridge", nullptr), fairness_row("tasks", "tasks", nullptr),
                                fairness_row("bridge", "bridge+tasks", spread_json(0.25)),
                                fairness_row("tasks", "bridge+tasks", spread_json(0.75))}));
  ASSERT_EQ(all.at(0).panels.size(), 3U);
  EXPECT_EQ(all[0].panels[0].places, names{"bridge+tasks"});
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[0], "tasks").marks.at(0).y, 0.75);
  EXPECT_EQ(all[0].panels[1].places, (names{"bridge", "tasks", "bridge+tasks"}));
  EXPECT_DOUBLE_EQ(series_in(all[0].panels[2], "bridge").marks.at(0).y, 0.5);
  const auto alone = pictures_of(results_with("fairness", json::array({fairness_row("disk", "disk", nullptr)})));
  EXPECT_EQ(alone.at(0).panels.size(), 2U) << "nothing is a share of anything";
}

TEST(pictures, of_pressure_go_along_time) {
  const json latency{{"p50_ms", spread_json(1)}, {"p99_ms", spread_json(2)}, {"p999_ms", spread_json(3)}};
  json row{{"engine", "refuse"}, {"pool_threads", nullptr}, {"rounds", 1}};
  row["per_second"] = {{"offered", spread_json(9000)}, {"admitted", spread_json(8000)}};
  row["per_second"].update({{"completed", spread_json(8000)}, {"refused", spread_json(1000)}});
  row["base"]["from_initiation"] = row["overload"]["from_initiation"] = latency;
  const auto sample = [](double t, unsigned queue, double p99_ms) {
    return json{{"t", t}, {"resident", 3 << 20}, {"queue", queue}, {"p50_ms", 1}, {"p99_ms", p99_ms}, {"level", 2}};
  };
  row["samples"] = {sample(-0.1, 0, 0), sample(0.1, 7, 5)};
  json results = results_with("pressure", json::array({row}));
  results["environment"]["file"] = "f";
  results["environment"]["file_system"] = "ext4";
  results["setting"] = {{"block", 4096}, {"overload_rate", 9000}, {"max_ops", 8}, {"seconds", 4}, {"device", "stall"}};
  results["setting"]["stall"] = 2;
  const auto all = pictures_of(results);
  ASSERT_EQ(names_of(all), (names{"pressure", "pressure-latency"}));
  ASSERT_EQ(all[0].panels.size(), 4U);
  EXPECT_EQ(series_in(all[0].panels[0], "refuse").marks, (std::vector<mark>{{-0.1, 3, 3, 3}, {0.1, 3, 3, 3}}));
  EXPECT_GT(series_in(all[0].panels[1], "refuse").marks.at(0).y, 0) << "the axis is logarithmic";
  EXPECT_EQ(series_in(all[0].panels[2], "refuse").marks.size(), 1U) << "none completed in the first interval";
  EXPECT_EQ(x_range(all[0].panels[0]), x_range(all[0].panels[3]));
  EXPECT_EQ(all[0].panels[0].bands.size(), 2U) << "the overload, and the stall in it";
  EXPECT_DOUBLE_EQ(series_in(all[1].panels.at(2), "refuse").marks.at(1).y, 2000);
}

TEST(pictures, of_nothing_are_none_and_of_something_else_refused) {
  EXPECT_TRUE(pictures_of(results_with("offload", json::array())).empty());
  EXPECT_EQ(sentence_of([] {
              pictures_of(results_with("probe", json::array({json{{"x", 1}}})));
            }),
            "these results cannot be drawn: no command that measures wrote them");
  EXPECT_TRUE(sentence_of([] {
                pictures_of(results_with("offload", json::array({json{{"iops", 1}}})));
              }).starts_with("these results cannot be drawn: "));
  EXPECT_TRUE(sentence_of([] {
                pictures_of(json{{"environment", 1}});
              }).starts_with("these results cannot be drawn: "));
}

panel panel_with(std::vector<mark> marks) {
  panel to;
  to.all.push_back({.name = "one", .with = look_of("bridge"), .drawn = drawing::bars, .marks = std::move(marks)});
  return to;
}

TEST(scale, begins_at_zero_and_is_never_empty) {
  EXPECT_EQ(y_range(panel_with({{0, 10, 8, 20}})), (std::pair(0.0, 21.0)));
  EXPECT_EQ(y_range(panel_with({{0, 0, 0, 0}})), (std::pair(0.0, 1.0)));
  panel logarithmic = panel_with({{0, 10, 7, 10}});
  logarithmic.logarithmic = true;
  EXPECT_EQ(y_range(logarithmic), (std::pair(5.0, 14.0)));
  EXPECT_EQ(x_range(panel_with({{3, 1, 1, 1}})), (std::pair(3.0, 4.0)));
}

TEST(scale, has_round_ticks) {
  std::vector<std::string> texts;
  for (const tick& each : logarithmic_ticks(0.3, 25))
    texts.push_back(each.second);
  EXPECT_EQ(texts, (names{"0.5", "1", "2", "5", "10", "20"}));
  EXPECT_EQ(logarithmic_ticks(1, 1e6).size(), 7U) << "powers of ten alone";
}

TEST(gnuplot_script, leaves_out_what_a_logarithmic_axis_cannot_show) {
  picture what{.name = "p", .headline = {"it's"}, .panels = {panel_with({{0, 0, 0, 0}}), panel_with({{0, 5, 0, 6}})}};
  for (panel& each : what.panels)
    each.logarithmic = true;
  const picture left = drawable(what);
  ASSERT_EQ(left.panels.size(), 1U);
  EXPECT_EQ(left.panels[0].all.at(0).marks, (std::vector<mark>{{0, 5, 5, 6}}));
  const std::string script = gnuplot_script(what);
  EXPECT_NE(script.find("set label 'it''s' at screen"), std::string::npos) << script;
  EXPECT_EQ(script.find("$series_1"), std::string::npos) << script;
  EXPECT_TRUE(drawable({.name = "none", .headline = {}, .panels = {panel_with({})}}).panels.empty());
}

TEST(layout, keeps_panels_and_legend_apart) {
  picture what{.name = "p", .headline = {"a", "b"}, .columns = 2, .panels = {}};
  for (int i = 0; i != 5; ++i)
    what.panels.push_back(panel_with({{0, 1, 1, 1}}));
  for (int i = 0; i != 12; ++i)
    what.panels[0].all.push_back({.name = "an engine with a long name " + std::to_string(i), .with = {}, .marks = {}});
  const layout where = layout_of(what);
  ASSERT_EQ(where.panels.size(), 5U);
  ASSERT_EQ(where.legend.size(), 13U) << "each name once";
  for (const rectangle& each : where.panels) {
    EXPECT_LT(each.top, where.headline_y(1));
    EXPECT_LT(each.left, each.right);
    for (const legend_entry& name : where.legend)
      EXPECT_LT(name.y, each.bottom);
  }
  EXPECT_GT(where.panels[0].bottom, where.panels[2].top);
  EXPECT_LT(where.panels[0].right, where.panels[1].left);
  EXPECT_GT(where.legend.front().y, where.legend.back().y) << "more than one row of names";
}

TEST(palette, is_the_same_for_the_same_name_and_tells_engines_of_a_command_apart) {
  EXPECT_EQ(look_of("bridge").color, look_of("bridge").color);
  EXPECT_FALSE(look_of("an engine of later versions").color.empty());
  for (const names& command :
       {names{"bridge", "bridge-cached", "bridge-nearest", "pool", "pread", "raw", "asio-file", "asio-file-shared"},
        names{"bridge", "call", "post", "pool", "channel", "design-wake-each", "design-locked-queue",
              "design-shared-ring"},
        names{"bridge", "bridge-grouped", "pool", "raw", "raw-linked"}, names{"shard", "shard-direct", "asio"},
        names{"refuse", "wait", "pool"}, names{"bridge", "disk", "sockets", "tasks"}}) {
    std::set<std::string> colors;
    for (const std::string& each : command)
      EXPECT_TRUE(colors.insert(look_of(each).color).second) << each;
  }
}

} // namespace
} // namespace shardbridge::bench
