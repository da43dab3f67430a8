#include "shard_loads.hpp"

#include "../common/block_format.hpp"
#include "../common/failure.hpp"
#include "../common/memory.hpp"
#include "../common/random.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/buffer.hpp>

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t message_bytes = 256;
/// One block in so many is looked at: a checksum costs as much as a read from the page cache.
constexpr std::uint64_t checked_one_in = 64;

task<> read_blocks(shard& self, shard_load& shared, const shard_file& file, std::span<std::byte> memory,
                   std::uint64_t seed) {
  load_tally& tally = shared.tally(load_kind::disk);
  random_source random(seed);
  const auto buffer = asio::buffer(memory.data(), memory.size());
  for (std::uint64_t made = 0; shared.running(); ++made) {
    const std::uint64_t offset = random.below(shared.what.blocks) * memory.size();
    const std::size_t bytes = co_await self.read(file, offset, buffer);
    if (bytes != memory.size()) throw run_failure("a short read of " + std::to_string(bytes) + " bytes");
    tally.count();
    if (made % checked_one_in != 0) continue;
    if (const block_check check = check_block(memory, offset); check.state != block_state::good)
      tally.wrong_block(describe(check, offset));
  }
}

task<> answer(shard& self, shard_socket& end) {
  std::array<char, message_bytes> bytes{};
  const auto buffer = asio::buffer(bytes);
  while (true) {
    const std::size_t count = co_await self.recv(end, buffer);
    if (count == 0) co_return;
    const auto received = asio::buffer(bytes, count);
    co_await self.send(end, received);
  }
}

/// One message at a time, and its answer.
task<> ask(shard& self, shard_load& shared, shard_socket& end) {
  load_tally& tally = shared.tally(load_kind::sockets);
  std::array<char, message_bytes> sent{};
  std::array<char, message_bytes> found{};
  const auto message = asio::buffer(sent);
  for (std::uint8_t number = 0; shared.running(); ++number) {
    sent.fill(static_cast<char>(number));
    co_await self.send(end, message);
    for (std::size_t done = 0; done != found.size();) {
      const auto rest = asio::buffer(found) + done;
      const std::size_t count = co_await self.recv(end, rest);
      if (count == 0) throw run_failure("a connection ended");
      done += count;
    }
    if (found != sent) tally.failed("what came back is not what was sent");
    tally.count();
  }
  // The other end sees the end of the stream, and ends.
  end.shutdown(socket_half::send);
}

task<> converse(shard& self, shard_load& shared) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw run_failure("cannot make a pair of sockets: " + errno_text());
  shard_socket asking = self.adopt_socket(ends[0]);
  shard_socket answering = self.adopt_socket(ends[1]);
  co_await when_all(self, ask(self, shared, asking), answer(self, answering));
}

task<> compute(shard& self, shard_load& shared) {
  using clock = std::chrono::steady_clock;
  load_tally& tally = shared.tally(load_kind::tasks);
  while (shared.running()) {
    const auto begun = clock::now();
    auto now = begun;
    while (now - begun < shared.what.step)
      now = clock::now();
    shared.compute(now - begun);
    tally.count();
    co_await self.yield();
  }
}

} // namespace

task<> run_disk(shard& self, shard_load& shared) {
  const auto flags = shared.what.direct ? open_flags::read_only | open_flags::direct : open_flags::read_only;
  const shard_file file = co_await self.open(shared.what.path, flags);
  const buffer_set memory(shared.what.readers, fairness_block);
  std::vector<task<>> all;
  for (unsigned i = 0; i != shared.what.readers; ++i)
    all.push_back(read_blocks(self, shared, file, memory[i], mix(i + 1)));
  co_await when_all(self, std::move(all));
}

task<> run_sockets(shard& self, shard_load& shared) {
  std::vector<task<>> all;
  for (unsigned i = 0; i != shared.what.connections; ++i)
    all.push_back(converse(self, shared));
  co_await when_all(self, std::move(all));
}

task<> run_busy(shard& self, shard_load& shared) {
  std::vector<task<>> all;
  for (unsigned i = 0; i != shared.what.busy; ++i)
    all.push_back(compute(self, shared));
  co_await when_all(self, std::move(all));
}

} // namespace shardbridge::bench
