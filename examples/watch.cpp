// Time on a shard: a task that looks at a file every few milliseconds, and one that gives up waiting for it.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <exception>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

shardbridge::task<> look(shardbridge::shard& self) {
  shardbridge::interval every(self, 5ms);
  for (std::uint64_t seen = 0; seen < 4;) {
    seen += co_await every.next(); // more than one, if looking took longer
    const shardbridge::file_status status = co_await self.stat("/proc/self/exe");
    if (status.size == 0) throw std::runtime_error("it has become empty");
  }
}

shardbridge::task<bool> wait_for(shardbridge::shard& self, std::string path) {
  try {
    co_await with_timeout(self, 20ms, [](shardbridge::shard& on, std::string awaited) -> shardbridge::task<> {
      for (;; co_await on.sleep_for(2ms)) {
        try {
          co_await on.stat(awaited);
          co_return;
        } catch (const boost::system::system_error& failed) {
          if (failed.code() != boost::system::errc::no_such_file_or_directory) throw;
        }
      }
    }(self, path));
    co_return true;
  } catch (const boost::system::system_error& failed) {
    if (failed.code() != std::errc::timed_out) throw;
    co_return false;
  }
}

int main() {
  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  bool came = true;
  bool looked = false;
  shardbridge::async_call(bridge, 0, look, [&](const std::exception_ptr& failed) { looked = !failed; });
  shardbridge::async_call(
      bridge, 0, [](shardbridge::shard& self) { return wait_for(self, "/nowhere/at/all"); },
      [&](const std::exception_ptr& failed, bool found) { came = failed || found; });
  context.run();
  std::cout << (looked ? "looked" : "could not look") << ", " << (came ? "it came" : "it did not come") << '\n';
  return looked && !came ? 0 : 1;
}
