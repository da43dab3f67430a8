// Writes a file and reads it back, as a coroutine on a thread pool; the disk work happens on a shard.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <filesystem>
#include <iostream>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> hello(shardbridge::bridge& bridge, std::string path) {
  using shardbridge::open_flags;
  shardbridge::random_access_file file(bridge);
  co_await file.async_open(path, open_flags::read_write | open_flags::create | open_flags::truncate,
                           asio::use_awaitable);

  const std::string greeting = "hello from a shard";
  co_await asio::async_write_at(file, 0, asio::buffer(greeting), asio::use_awaitable);
  co_await file.async_sync_data(asio::use_awaitable);

  std::string answer(greeting.size(), '\0');
  co_await asio::async_read_at(file, 0, asio::buffer(answer), asio::use_awaitable);
  std::cout << answer << '\n';
}

int main() {
  const auto path = std::filesystem::temp_directory_path() / "shardbridge-hello";
  int exit_code = 0;

  asio::thread_pool pool(2);
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(pool, shards);
  asio::co_spawn(pool, hello(bridge, path), [&exit_code](std::exception_ptr failed) {
    try {
      if (failed) std::rethrow_exception(failed);
    } catch (const std::exception& problem) {
      std::cerr << problem.what() << '\n';
      exit_code = 1;
    }
  });
  pool.join();

  std::filesystem::remove(path);
  return exit_code;
}
