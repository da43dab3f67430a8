// Reads a file (by default this program) block by block, waiting no longer than 50 ms for any, though the device be
// stuck: each buffer goes along with its read.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct tally {
  std::uint64_t bytes = 0;
  int late = 0;
};

asio::awaitable<tally> scan(shardbridge::bridge& bridge, std::string path) {
  shardbridge::random_access_file file(bridge, path, shardbridge::open_flags::read_only);
  shardbridge::buffer_pool pool;
  tally seen;
  for (std::uint64_t offset = 0, end = file.size(); offset < end; offset += 4096) {
    auto [failed, bytes, buffer] = co_await file.async_read_some_at(
        offset, pool.allocate(4096), shardbridge::op_options{.timeout = 50ms}, asio::as_tuple(asio::use_awaitable));
    seen.bytes += bytes;
    if (failed == std::errc::timed_out) ++seen.late;
    if (!buffer) std::cout << "the device still has it\n"; // it goes back to its pool when the device lets go
  }
  co_return seen;
}

int main(int argc, char** argv) {
  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  auto scanned = asio::co_spawn(context, scan(bridge, argc > 1 ? argv[1] : "/proc/self/exe"), asio::use_future);
  context.run();

  const tally seen = scanned.get();
  std::cout << seen.bytes << " bytes, " << seen.late << " blocks too late\n";
  return seen.bytes > 0 ? 0 : 1;
}
