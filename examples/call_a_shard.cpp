// Runs functions on shards: data that only one shard touches needs no lock.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <array>
#include <cstddef>
#include <iostream>

namespace asio = boost::asio;

constexpr std::size_t shard_count = 2;
constexpr int calls = 1000;

asio::awaitable<int> count(shardbridge::bridge& bridge) {
  std::array<int, shard_count> counters{}; // counters[n] belongs to shard n
  const auto count_one = [&counters](shardbridge::shard& self) { return ++counters[self.index()]; };
  for (int call = 0; call < calls; ++call)
    co_await shardbridge::async_call(bridge, static_cast<std::size_t>(call) % shard_count, count_one,
                                     asio::use_awaitable);

  int total = 0;
  for (std::size_t shard = 0; shard < shard_count; ++shard)
    total += co_await shardbridge::async_call(
        bridge, shard, [&counters](shardbridge::shard& self) { return counters[self.index()]; }, asio::use_awaitable);
  co_return total;
}

int main() {
  asio::thread_pool pool(2);
  shardbridge::shard_group shards({.shards = shard_count});
  shardbridge::bridge bridge(pool, shards);
  auto total = asio::co_spawn(pool, count(bridge), asio::use_future);
  pool.join();

  const int counted = total.get();
  std::cout << "the shards counted " << counted << '\n';
  return counted == calls ? 0 : 1;
}
