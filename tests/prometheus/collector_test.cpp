// Goal: a collector tells of what exists, and keeps nothing alive, whatever is destroyed first and on which thread.
// Method: bridges, groups and contexts that go one by one, and come and go while another thread scrapes.
#include "exposition.hpp"

#include "support/service.hpp"

#include <shardbridge/prometheus.hpp>

#include <temporary_folder.hpp>

#include <prometheus/text_serializer.h>

#include <atomic>
#include <optional>
#include <set>
#include <stop_token>

namespace shardbridge::tests {
namespace {

using strings = std::set<std::string>;

/// The values of one label in what a collector tells.
strings told(const prometheus_collector& collector, const std::string& label) {
  strings values;
  for (const auto& family : collector.Collect())
    for (const auto& metric : family.metric)
      for (const auto& each : metric.label)
        if (each.name == label) values.insert(each.value);
  return values;
}

TEST(prometheus_collector, tells_nothing_of_nothing) {
  EXPECT_TRUE(prometheus_collector().Collect().empty());
}

TEST(prometheus_collector, tells_of_all_bridges_and_shards) {
  service all({.shards = 2});
  basic_bridge other(all.context, all.group);
  prometheus_collector collector;
  collector.add("any", all.link);
  collector.add("concrete", other);
  collector.add("disks", all.group);
  EXPECT_EQ(told(collector, "bridge"), strings({"any", "concrete"}));
  EXPECT_EQ(told(collector, "group"), strings({"disks"}));
  EXPECT_EQ(told(collector, "shard"), strings({"0", "1"}));
}

TEST(prometheus_collector, leaves_out_a_bridge_that_is_gone) {
  service all;
  std::optional<bridge> second(std::in_place, all.context, all.group);
  std::optional<random_access_file> file(std::in_place, *second);
  prometheus_collector collector;
  collector.add("first", all.link);
  collector.add("second", *second);
  second.reset();
  EXPECT_EQ(told(collector, "bridge"), strings({"first", "second"})) << "its file keeps it";
  file.reset();
  EXPECT_EQ(told(collector, "bridge"), strings({"first"}));
}

TEST(prometheus_collector, leaves_out_a_group_that_is_gone) {
  asio::io_context context;
  std::optional<shard_group> group(std::in_place);
  std::optional<bridge> link(std::in_place, context, *group);
  prometheus_collector collector;
  collector.add("disks", *group);
  group.reset();
  EXPECT_EQ(told(collector, "group"), strings({"disks"})) << "its bridge keeps it";
  link.reset();
  EXPECT_TRUE(told(collector, "group").empty());
}

TEST(prometheus_collector, leaves_out_a_bridge_whose_context_is_gone) {
  const shard_group_options options;
  shard_group group(options);
  std::optional<asio::io_context> context(std::in_place);
  bridge link(*context, group);
  prometheus_collector collector;
  collector.add("disk", link);
  context.reset();
  EXPECT_TRUE(told(collector, "bridge").empty());
}

TEST(prometheus_collector, takes_a_name_once) {
  service all;
  prometheus_collector collector;
  collector.add("disk", all.link);
  collector.add("disk", all.group);
  {
    bridge second(all.context, all.group);
    EXPECT_THROW(collector.add("disk", second), std::invalid_argument);
    EXPECT_THROW(collector.add("disk", all.group), std::invalid_argument);
    EXPECT_THROW(collector.add("", second), std::invalid_argument);
    EXPECT_THROW(collector.add("", all.group), std::invalid_argument);
    collector.add("second", second);
  }
  bridge third(all.context, all.group);
  collector.add("second", third);
  EXPECT_EQ(told(collector, "bridge"), strings({"disk", "second"}));
}

TEST(prometheus_collector, outlives_everything_and_may_go_first) {
  auto collector = std::make_unique<prometheus_collector>();
  {
    service all;
    collector->add("disk", all.link);
    collector->add("disks", all.group);
  }
  EXPECT_TRUE(collector->Collect().empty());
  service all;
  collector->add("disk", all.link);
  collector->add("disks", all.group);
  collector.reset();
}

// A thread that scrapes is at times the last to hold a bridge whose context is being destroyed. Two of them, so that
// one is nearly always reading.
TEST(prometheus_collector, scrapes_while_everything_comes_and_goes) {
  shard_group group;
  prometheus_collector collector;
  collector.add("disks", group);
  std::atomic<std::uint64_t> scrapes = 0;
  const auto scrape = [&](const std::stop_token& stop) {
    for (; !stop.stop_requested(); ++scrapes)
      EXPECT_FALSE(collector.Collect().empty());
  };
  {
    const std::jthread first_scraper(scrape);
    const std::jthread second_scraper(scrape);
    for (int round = 0; round < 300; ++round) {
      asio::io_context context;
      bridge first(context, group);
      basic_bridge second(context, group);
      collector.add("first", first);
      collector.add("second", second);
      for (const auto before = scrapes.load(); scrapes.load() == before;)
        std::this_thread::yield();
    }
  }
  EXPECT_EQ(told(collector, "bridge"), strings());
}

} // namespace
} // namespace shardbridge::tests
