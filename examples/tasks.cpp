// Code that lives on a shard: tasks that take turns, operations of their own, and a result for Asio.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <iostream>
#include <vector>

namespace asio = boost::asio;

shardbridge::task<int> count(shardbridge::shard& self, int rounds) {
  int done = 0;
  for (; done < rounds; ++done)
    co_await self.nop(); // meanwhile the shard does something else
  co_return done;
}

shardbridge::task<int> count_side_by_side(shardbridge::shard& self) {
  std::vector<shardbridge::join_handle<int>> all;
  for (int each = 1; each <= 10; ++each)
    all.push_back(self.spawn(count(self, each)));
  int sum = 0;
  for (auto& each : all)
    sum += co_await std::move(each).join();
  co_return sum;
}

int main() {
  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  int sum = 0;
  shardbridge::async_call(bridge, 0, count_side_by_side, [&](const std::exception_ptr& failed, int counted) {
    if (!failed) sum = counted;
  });
  context.run();
  std::cout << "ten tasks counted " << sum << '\n';
  return sum == 55 ? 0 : 1;
}
