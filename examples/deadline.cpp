// Reads from a FIFO that nobody writes to, with a deadline, and tells what the error says.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

#include <sys/stat.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<bool> read_too_long(shardbridge::bridge& bridge, std::string path) {
  shardbridge::random_access_file file(bridge, path, shardbridge::open_flags::read_write);

  std::array<char, 64> data;
  const auto [failed, bytes] = co_await file.async_read_some_at(
      0, asio::buffer(data), shardbridge::op_options{.timeout = 20ms}, asio::as_tuple(asio::use_awaitable));

  std::cout << bytes << " bytes: " << failed.message() << '\n';
  co_return failed == shardbridge::errc::expired_in_flight&& failed == std::errc::timed_out;
}

int main() {
  const auto path = std::filesystem::temp_directory_path() / ("shardbridge-fifo-" + std::to_string(::getpid()));
  if (::mkfifo(path.c_str(), 0600) != 0) return 1;

  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  auto timed_out = asio::co_spawn(context, read_too_long(bridge, path), asio::use_future);
  context.run();

  std::filesystem::remove(path);
  return timed_out.get() ? 0 : 1;
}
