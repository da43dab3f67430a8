// Hits counted by page: each page belongs to one shard, which counts it without a lock. Requests come in on any shard.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <utility>

namespace asio = boost::asio;

/// Those of the pages of one shard.
class hits {
 public:
  explicit hits(shardbridge::shard& here) : here_(here) {}

  void count(const std::string& page) { ++by_page_[page]; }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const auto& [page, times] : by_page_)
      sum += times;
    return sum;
  }

  /// Leaves them in a file of its own.
  shardbridge::task<> stop() {
    std::string text;
    for (const auto& [page, times] : by_page_)
      text += page + ' ' + std::to_string(times) + '\n';
    using shardbridge::open_flags;
    const std::string path = "hits." + std::to_string(here_.index());
    const auto file = co_await here_.open(path, open_flags::write_only | open_flags::create | open_flags::truncate);
    co_await here_.write(file, 0, asio::buffer(text));
    co_await here_.unlink(path); // an example leaves nothing behind
  }

 private:
  shardbridge::shard& here_;
  std::map<std::string, std::uint64_t> by_page_;
};

using all_hits = shardbridge::sharded<hits>;

shardbridge::task<> serve(shardbridge::shard& self, all_hits& all, int requests) {
  const std::array<std::string, 4> pages{"/", "/news", "/about", "/contact"};
  for (int each = 0; each < requests; ++each) {
    const std::string& page = pages[static_cast<std::size_t>(each) % pages.size()];
    const std::size_t owner = std::hash<std::string>()(page) % self.group_size();
    co_await all.invoke_on(self, owner, [&page](hits& of_owner) { of_owner.count(page); });
  }
}

shardbridge::task<std::uint64_t> run(shardbridge::shard& self, all_hits& all) {
  co_await all.start(self);
  for (std::size_t each = 0; each < self.group_size(); ++each)
    co_await self.call(each, [&all](shardbridge::shard& there) { return serve(there, all, 1000); });
  const auto total_of = [](hits& one) { return one.total(); };
  const std::uint64_t total = co_await all.map_reduce(self, total_of, std::uint64_t{0}, std::plus<>());
  co_await all.stop(self);
  co_return total;
}

int main() {
  all_hits all; // outlives the group: see class sharded
  asio::io_context context;
  shardbridge::shard_group shards({.shards = 2});
  shardbridge::bridge bridge(context, shards);
  std::uint64_t total = 0;
  shardbridge::async_call(
      bridge, 0, [&all](shardbridge::shard& self) { return run(self, all); },
      [&](const std::exception_ptr& failed, std::uint64_t counted) {
        if (!failed) total = counted;
      });
  context.run();
  std::cout << total << " hits on " << shards.size() << " shards\n";
  return total == 2000 ? 0 : 1;
}
