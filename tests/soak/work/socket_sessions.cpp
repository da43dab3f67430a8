// Connections between shards with verified bytes, peers that reset them in mid-stream, and datagrams.
#include "sessions.hpp"

#include <array>

namespace shardbridge::soak {
namespace {

using asio::ip::tcp;
using asio::ip::udp;

/// No peer here is silent for so long.
constexpr io_options patient{.timeout = 60s};

std::byte byte_at(std::uint64_t key, std::uint64_t place) {
  return static_cast<std::byte>((key + place * 131 + (place >> 8) * 7) & 0xff);
}

task<> echo_until_end(shard& self, const shard_socket& client, bool into_own_memory) {
  std::array<std::byte, 3000> memory;
  while (true) {
    if (into_own_memory) {
      const std::size_t came = co_await self.recv(client, asio::buffer(memory), patient);
      if (came == 0) break;
      co_await self.send(client, asio::buffer(memory, came), patient);
    } else {
      const received_buffer came = co_await self.recv(client, patient);
      if (came.empty()) break;
      co_await self.send(client, came.buffer(), patient);
    }
  }
}

task<> serve_one(shard& self, const shard_listener& at, bool into_own_memory) {
  const shard_socket client = co_await self.accept(at, patient);
  co_await echo_until_end(self, client, into_own_memory);
}

struct conversation {
  tcp::endpoint with;
  std::uint64_t key = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;        ///< of each
  std::uint64_t reset_before = 0; ///< the message before which the connection is reset
};

/// `cut_off`: whether the other end has gone in the middle.
task<> converse(shard& self, scene& in, conversation about, bool& cut_off) {
  shard_socket to = co_await self.connect(about.with, patient);
  std::vector<std::byte> out(about.bytes), back(about.bytes);
  std::uint64_t place = 0;
  for (std::uint64_t each = 0; each < about.messages; ++each) {
    if (each == about.reset_before) {
      co_await self.send(to, asio::buffer(out), patient);
      to.set_option(asio::socket_base::linger(true, 0));
      to.close();
      co_return;
    }
    for (std::uint64_t at = 0; at < about.bytes; ++at)
      out[at] = byte_at(about.key, place + at);
    co_await self.send(to, asio::buffer(out), patient);
    for (std::size_t came = 0; came < about.bytes;) {
      const std::size_t more = co_await self.recv(to, asio::buffer(back.data() + came, about.bytes - came), patient);
      cut_off = more == 0;
      if (cut_off) co_return;
      came += more;
    }
    if (out != back) in.to.tell("a stream gave back other bytes");
    place += about.bytes;
  }
  to.shutdown(socket_half::send);
  const std::size_t more = co_await self.recv(to, asio::buffer(back.data(), back.size()), patient);
  if (more != 0) in.to.tell("a stream gave back more than was sent");
}

/// One end on this shard, the other on any.
task<> connection(shard& self, scene& in, dice chance) {
  const shard_listener at = self.listen(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  conversation about{.with = at.local_endpoint<tcp::endpoint>(),
                     .key = chance.next(),
                     .messages = chance.roll(60),
                     .bytes = 1 + chance.roll(chance.one_in(4) ? 30'000 : 800),
                     .reset_before = chance.one_in(3) ? chance.roll(60) : 1000};
  const bool into_own_memory = chance.one_in(2);
  const std::size_t other = chance.roll(self.group_size());
  // The server meets the reset at any time, be it at the end.
  task<bool> server =
      counted_on_shard(in, kind::stream, {.early = true, .faults = true}, serve_one(self, at, into_own_memory));
  bool cut_off = false;
  const auto talk = [&in, &cut_off, about](shard& there) {
    return counted_on_shard(in, kind::stream, {.early = true, .faults = true}, converse(there, in, about, cut_off));
  };
  const auto client = [](shard& here, std::size_t where, const auto& what) -> task<> {
    const bool whole = co_await here.call(where, what);
    // Where it never came to a connection, nobody would end the server.
    if (!whole) throw boost::system::system_error(asio::error::operation_aborted);
  };
  auto both = when_all(self, std::move(server), client(self, other, talk));
  co_await std::move(both);
  if (cut_off && !self.cancelled()) in.to.tell("a stream has ended in the middle");
}

task<> ping_pong(shard& self, scene& in, dice chance) {
  const udp::endpoint any(asio::ip::address_v4::loopback(), 0);
  const shard_datagram_socket ours = self.bind(any), theirs = self.bind(any);
  const auto to = theirs.local_endpoint<udp::endpoint>();
  const auto from = ours.local_endpoint<udp::endpoint>();
  std::vector<std::byte> out;
  for (std::uint64_t left = chance.roll(20); left > 0; --left) {
    const std::uint64_t key = chance.next();
    out.resize(chance.roll(2000));
    for (std::size_t each = 0; each < out.size(); ++each)
      out[each] = byte_at(key, each);
    co_await self.send_to(ours, to, asio::buffer(out), patient);
    const datagram came = co_await self.recv_from(theirs, patient);
    const std::span<const std::byte> bytes(came.bytes().data(), came.bytes().size());
    if (!std::equal(bytes.begin(), bytes.end(), out.begin(), out.end())) in.to.tell("a datagram has other bytes");
    if (came.sender<udp::endpoint>() != from) in.to.tell("a datagram came from elsewhere");
  }
  if (ours.dropped() + theirs.dropped() != 0) in.to.tell("a datagram was dropped");
}

} // namespace

task<> run_stream(shard& self, scene& in, dice chance) {
  co_await connection(self, in, chance);
}

task<> run_datagrams(shard& self, scene& in, dice chance) {
  co_await counted_on_shard(in, kind::datagram, {.early = true}, ping_pong(self, in, chance));
}

} // namespace shardbridge::soak
