// Serves the numbers of a bridge and its shards to Prometheus while it reads a file, and for as many seconds more as
// its argument says: time for `curl`.
#include <shardbridge/prometheus.hpp>
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>
#include <prometheus/exposer.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace asio = boost::asio;

asio::awaitable<void> read_some(shardbridge::bridge& bridge) {
  shardbridge::random_access_file file = co_await shardbridge::async_open(
      bridge, "/proc/self/exe", shardbridge::open_flags::read_only, asio::use_awaitable);
  std::string block(4096, '\0');
  for (std::uint64_t offset = 0; offset < 256 * block.size(); offset += block.size())
    co_await file.async_read_some_at(offset, asio::buffer(block), asio::as_tuple(asio::use_awaitable));
}

int main(int argc, char** argv) {
  asio::thread_pool pool(2);
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(pool, shards);

  const auto collector = std::make_shared<shardbridge::prometheus_collector>();
  collector->add("disk", bridge);
  collector->add("disk", shards);
  prometheus::Exposer exposer("127.0.0.1:0"); // any free port; a service names one
  exposer.RegisterCollectable(collector);
  std::cout << "http://127.0.0.1:" << exposer.GetListeningPorts().front() << "/metrics" << std::endl;

  int exit_code = 0;
  asio::co_spawn(pool, read_some(bridge), [&exit_code](std::exception_ptr failed) {
    try {
      if (failed) std::rethrow_exception(failed);
    } catch (const std::exception& problem) {
      std::cerr << problem.what() << '\n';
      exit_code = 1;
    }
  });
  pool.join();
  std::this_thread::sleep_for(std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 0));
  return exit_code;
}
