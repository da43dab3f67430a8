// A producer that is told when to slow down: it waits while the bridge is under pressure, and what is optional is left
// out unless there is room for it now.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using shardbridge::pressure_level;

const std::string data(4096, 'x');

asio::awaitable<void> produce(shardbridge::bridge& bridge, shardbridge::random_access_file& file, unsigned& read_back) {
  for (std::uint64_t block = 0; block < 1000; ++block) {
    co_await bridge.async_wait_level(pressure_level::normal, asio::use_awaitable);
    file.async_write_some_at(block * data.size(), asio::buffer(data), asio::detached);

    if (block % 100 != 0) continue;
    if (shardbridge::permit room = bridge.try_acquire(data.size())) {
      std::string check(data.size(), '\0');
      co_await file.async_read_some_at(0, asio::buffer(check), shardbridge::op_options{.permit = &room},
                                       asio::as_tuple(asio::use_awaitable));
      ++read_back;
    }
  }
}

int main() {
  const auto path = std::filesystem::temp_directory_path() / "shardbridge-pressure";
  using shardbridge::open_flags;

  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards, {.max_ops = 16});
  bridge.on_level_change([](pressure_level now) {
    if (now == pressure_level::suspended) std::cout << "the device does not keep up\n";
  });
  shardbridge::random_access_file file(bridge, path,
                                       open_flags::read_write | open_flags::create | open_flags::truncate);

  unsigned read_back = 0;
  asio::co_spawn(context, produce(bridge, file, read_back), asio::detached);
  context.run();

  const auto [throttled, suspended] = std::pair(bridge.stats().level_entered[1], bridge.stats().level_entered[2]);
  std::cout << file.size() << " bytes written, " << read_back << " blocks read back, " << throttled
            << " times throttled, " << suspended << " times suspended\n";
  const bool complete = file.size() == 1000 * 4096 && bridge.level() == pressure_level::normal;
  std::filesystem::remove(path);
  return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}
