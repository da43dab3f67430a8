// A bridge that holds at most four operations: what comes beyond is refused at once and tried again later.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> write_block(shardbridge::random_access_file& file, unsigned block, unsigned& refused) {
  const std::string data(4096, static_cast<char>('a' + block % 26));
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (;;) {
    const auto [failed, bytes] = co_await file.async_write_some_at(
        std::uint64_t{block} * data.size(), asio::buffer(data), asio::as_tuple(asio::use_awaitable));
    if (failed != shardbridge::errc::no_room) co_return;
    ++refused;
    pause.expires_after(1ms);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

int main() {
  const auto path = std::filesystem::temp_directory_path() / "shardbridge-backpressure";
  using shardbridge::open_flags;

  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards, {.max_ops = 4, .when_full = shardbridge::when_full::refuse});
  shardbridge::random_access_file file(bridge, path,
                                       open_flags::write_only | open_flags::create | open_flags::truncate);

  unsigned refused = 0;
  for (unsigned block = 0; block < 100; ++block)
    asio::co_spawn(context, write_block(file, block, refused), asio::detached);
  context.run();

  std::cout << file.size() << " bytes written, " << refused << " times refused\n";
  const bool complete = file.size() == 100 * 4096 && refused == bridge.stats().refused;
  std::filesystem::remove(path);
  return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}
