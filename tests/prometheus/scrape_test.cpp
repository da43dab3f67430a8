// Goal: what Prometheus reads of a service over HTTP is well formed and true. Method: real operations on real shards,
// prometheus-cpp's own server, a GET as Prometheus does it, and every sample against the stats before and after it.
#include "exposition.hpp"

#include "support/service.hpp"

#include <asio_side/prometheus/metrics.hpp>
#include <shardbridge/prometheus.hpp>

#include <temporary_folder.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace shardbridge::tests {
namespace {

namespace http = boost::beast::http;

http::response<http::string_body> get(int port, const std::string& target) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port)});
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::connection, "close");
  http::write(socket, request);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(socket, buffer, response);
  return response;
}

class scrape : public testing::Test {
 protected:
  scrape() {
    collector->add("disk", all.link);
    collector->add("disks", all.group);
    exposer.RegisterCollectable(collector);
  }

  /// A hundred operations that succeed, one that is refused and one that is late; nine have room at a time.
  void work() {
    random_access_file file(all.link);
    file.open(folder.make_file("file", 100'000), open_flags::read_write);
    std::vector<outcome> reads(100);
    for (std::size_t each = 0; each < reads.size(); ++each)
      file.async_read_some_at(each * 900, asio::buffer(buffers[each]), reads[each].handler());
    outcome refused;
    std::string large(9000, 'x');
    file.async_write_some_at(0, asio::buffer(large), refused.handler());
    outcome late;
    file.async_read_some_at(0, asio::buffer(large, 1), op_options{.timeout = 0ns}, late.handler());
    ASSERT_TRUE(all.finish());
    for (const outcome& each : reads)
      EXPECT_TRUE(each.succeeded()) << each;
    EXPECT_TRUE(refused.failed_with(errc::too_large)) << refused;
    EXPECT_TRUE(late.error == std::errc::timed_out) << late;
  }

  /// Both sides still look for a moment, and then sleep.
  static void rest() { std::this_thread::sleep_for(100ms); }

  std::vector<detail::named_bridge> bridges() const { return {{"disk", all.link.stats()}}; }
  std::vector<detail::named_group> groups() const { return {{"disks", all.group.stats()}}; }

  /// What the stats say now, as a scrape would.
  exposition now() const {
    auto families = detail::metrics_of(bridges());
    std::ranges::move(detail::metrics_of(groups()), std::back_inserter(families));
    return exposition::parse(::prometheus::TextSerializer().Serialize(families));
  }

  exposition scraped() const {
    const auto answer = get(exposer.GetListeningPorts().at(0), "/metrics");
    EXPECT_EQ(answer.result_int(), 200U);
    EXPECT_TRUE(answer[http::field::content_type].starts_with("text/plain"));
    return exposition::parse(answer.body());
  }

  const fixtures::temporary_folder folder;
  std::vector<std::array<char, 900>> buffers = std::vector<std::array<char, 900>>(100);
  service all{{.shards = 2}, {.max_ops = 32, .max_bytes = 8192, .sampling = 1}};
  const std::shared_ptr<prometheus_collector> collector = std::make_shared<prometheus_collector>();
  ::prometheus::Exposer exposer{"127.0.0.1:0", 1};
};

TEST_F(scrape, is_well_formed_and_true) {
  work();
  rest();
  exposition before = now();
  exposition during = scraped();
  exposition after = now();
  EXPECT_EQ(during.complaints, faultless);
  EXPECT_EQ(complaints_of_histograms(during), faultless);
  std::size_t samples = 0;
  for (const auto& [name, family] : during.families) {
    if (!name.starts_with("shardbridge_")) continue;
    EXPECT_EQ(family.type, before.families[name].type) << name;
    EXPECT_EQ(family.help, before.families[name].help) << name;
    for (const auto& each : family.samples) {
      EXPECT_GE(each.value, before.value(each.name, each.with)) << each.name;
      EXPECT_LE(each.value, after.value(each.name, each.with)) << each.name;
      // Time goes on; all else is at rest, and so the same.
      const bool at_rest = before.value(each.name, each.with) == after.value(each.name, each.with);
      EXPECT_TRUE(at_rest || each.name == "shardbridge_bridge_level_seconds_total") << each.name;
      ++samples;
    }
  }
  EXPECT_EQ(during.families.size() - before.families.size(), 3U) << "the server's own";
  std::size_t wanted = 0;
  for (const auto& [name, family] : before.families)
    wanted += family.samples.size();
  EXPECT_EQ(samples, wanted);
}

TEST_F(scrape, says_what_happened) {
  work();
  rest();
  exposition told = scraped();
  const bridge_stats stats = all.link.stats();
  const exposition::labels disk{{"bridge", "disk"}};
  const auto of_disk = [&](const std::string& name, exposition::labels more = {}) {
    more.insert(disk.begin(), disk.end());
    return told.value("shardbridge_bridge_" + name, more);
  };
  const auto accepted = static_cast<double>(stats.accepted);
  EXPECT_GE(accepted, 100);
  EXPECT_EQ(of_disk("accepted_total"), accepted);
  EXPECT_EQ(of_disk("completed_total"), accepted);
  EXPECT_EQ(of_disk("refused_total", {{"cause", "too_large"}}), 1);
  EXPECT_EQ(of_disk("refused_total", {{"cause", "no_room"}}), 0);
  EXPECT_EQ(of_disk("expired_total", {{"stage", "waiting"}}) + of_disk("expired_total", {{"stage", "queued"}}), 1);
  EXPECT_EQ(of_disk("max_ops"), 32);
  EXPECT_EQ(of_disk("max_bytes"), 8192);
  EXPECT_EQ(of_disk("ops"), 0);
  EXPECT_EQ(of_disk("bytes"), 0);
  EXPECT_EQ(of_disk("pressure_level", {{"level", "normal"}}), 1);
  EXPECT_GE(of_disk("level_entered_total", {{"level", "suspended"}}), 1) << "a hundred reads for nine at a time";
  const auto timed = static_cast<double>(stats.latencies.total.count());
  EXPECT_GT(timed, 0);
  EXPECT_LE(timed, accepted);
  EXPECT_EQ(of_disk("latency_seconds_count", {{"leg", "total"}}), timed);
  EXPECT_GT(of_disk("latency_seconds_sum", {{"leg", "total"}}), 0);
  const auto of_shards = [&](const std::string& name) {
    return told.value("shardbridge_shard_" + name, {{"group", "disks"}, {"shard", "0"}}) +
           told.value("shardbridge_shard_" + name, {{"group", "disks"}, {"shard", "1"}});
  };
  EXPECT_GE(of_shards("submissions_total"), 100);
  EXPECT_EQ(of_shards("slots"), 2048);
  EXPECT_EQ(of_shards("in_flight"), 0);
  EXPECT_EQ(told.complaints, faultless);
}

// As long as it is scraped, a service works on; and at the end whatever it is made of goes in any order.
TEST_F(scrape, goes_on_while_the_service_works) {
  std::jthread scraper([&](const std::stop_token& stop) {
    while (!stop.stop_requested())
      EXPECT_EQ(scraped().complaints, faultless);
  });
  for (int round = 0; round < 20; ++round)
    work();
  scraper.request_stop();
  scraper.join();
  expect_balanced(all.link.stats());
}

} // namespace
} // namespace shardbridge::tests
