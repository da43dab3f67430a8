// Goal: an application that knows only what is installed gets its bytes back through a bridge.
// Method: write a file, read it into another buffer, compare. Built by every way of consuming the library.

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_at.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write_at.hpp>

#include <cstddef>
#include <exception>
#include <iostream>
#include <string>

namespace {

namespace asio = boost::asio;

asio::awaitable<bool> round_trip(shardbridge::bridge& bridge, std::string path) {
  using shardbridge::open_flags;
  shardbridge::random_access_file file(bridge);
  file.open(path, open_flags::read_write | open_flags::create | open_flags::truncate);

  std::string written(std::size_t{1} << 20U, '\0');
  for (std::size_t i = 0; i < written.size(); ++i)
    written[i] = static_cast<char>(i * 131 >> 3U);
  co_await asio::async_write_at(file, 0, asio::buffer(written), asio::use_awaitable);

  std::string read(written.size(), '\0');
  co_await asio::async_read_at(file, 0, asio::buffer(read), asio::use_awaitable);
  co_return read == written;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: consumer FILE\n";
    return 2;
  }
  try {
    asio::thread_pool pool(1);
    shardbridge::shard_group group(shardbridge::shard_group_options{.shards = 1});
    shardbridge::bridge bridge(pool.get_executor(), group);
    const bool same = asio::co_spawn(pool, round_trip(bridge, argv[1]), asio::use_future).get();
    pool.join();
    std::cout << (same ? "the bytes match\n" : "the bytes differ\n");
    return same ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "consumer: " << error.what() << '\n';
    return 1;
  }
}
