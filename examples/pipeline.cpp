// Tasks that work hand in hand: one reads a file, one looks at what was read, one adds up. The channels between them
// are bounded, so that none gets far ahead of the next.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <vector>

using blocks = shardbridge::channel<std::vector<char>>;
using counts = shardbridge::channel<std::ptrdiff_t>;

shardbridge::task<> read_blocks(shardbridge::shard& self, blocks& to) {
  const shardbridge::shard_file file = co_await self.open("/proc/self/exe", shardbridge::open_flags::read_only);
  for (std::uint64_t at = 0;; at += 4096) {
    std::vector<char> block(4096);
    block.resize(co_await self.read(file, at, boost::asio::buffer(block)));
    if (block.empty()) co_return to.close();
    co_await to.send(std::move(block)); // waits while there are four that nobody has looked at
  }
}

shardbridge::task<> count_zeros(blocks& from, counts& to) {
  while (const auto block = co_await from.receive())
    co_await to.send(std::count(block->begin(), block->end(), '\0'));
  to.close();
}

shardbridge::task<std::ptrdiff_t> add_up(counts& from) {
  std::ptrdiff_t sum = 0;
  while (const auto each = co_await from.receive())
    sum += *each;
  co_return sum;
}

shardbridge::task<std::ptrdiff_t> zeros_of(shardbridge::shard& self) {
  blocks read(self, 4);
  counts counted(self, 4);
  auto all = co_await when_all(self, read_blocks(self, read), count_zeros(read, counted), add_up(counted));
  co_return std::get<2>(all);
}

int main() {
  boost::asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  std::ptrdiff_t zeros = -1;
  shardbridge::async_call(bridge, 0, zeros_of, [&](const std::exception_ptr& failed, std::ptrdiff_t counted) {
    if (!failed) zeros = counted;
  });
  context.run();
  std::ifstream same("/proc/self/exe", std::ios::binary);
  const auto there_are = std::count(std::istreambuf_iterator<char>(same), std::istreambuf_iterator<char>(), '\0');
  std::cout << "counted " << zeros << " of " << there_are << " zeros\n";
  return zeros == there_are ? 0 : 1;
}
