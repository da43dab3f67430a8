// Goal: an application that knows only what is installed tells Prometheus of its bridge.
// Method: one operation, and the text that would be scraped.

#include <shardbridge/prometheus.hpp>

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <prometheus/text_serializer.h>

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: consumer FILE\n";
    return 2;
  }
  try {
    boost::asio::thread_pool pool(1);
    shardbridge::shard_group group(shardbridge::shard_group_options{.shards = 1});
    shardbridge::bridge bridge(pool, group);
    shardbridge::prometheus_collector collector;
    collector.add("disk", bridge);
    collector.add("disks", group);

    using shardbridge::open_flags;
    shardbridge::async_open(bridge, argv[1], open_flags::write_only | open_flags::create, boost::asio::use_future)
        .get();
    const std::string text = prometheus::TextSerializer().Serialize(collector.Collect());
    for (const char* wanted : {"\nshardbridge_bridge_accepted_total{bridge=\"disk\"} 1\n",
                               "\nshardbridge_shard_requests_total{group=\"disks\",shard=\"0\"} "}) {
      if (text.find(wanted) != std::string::npos) continue;
      std::cerr << "not among the metrics:" << wanted << text;
      return 1;
    }
    std::cout << "the metrics are there\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "consumer: " << error.what() << '\n';
    return 1;
  }
}
