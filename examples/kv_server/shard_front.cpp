#include "shard_front.hpp"

#include "server_parts.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <sys/socket.h>

namespace kv_server {

using shardbridge::shard_listener;
using shardbridge::shard_socket;
using shardbridge::task;

shard_front::shard_front(shardbridge::shard& on, const front_parts& with)
    : self(on), parts(with), served(with.all[on.index()].served), empty_(on), tell_empty_(empty_.make_sender()) {}

// Alone it does not share the address: another server there is an error.
std::uint16_t shard_front::listen_tcp(std::uint16_t port) {
  namespace ip = boost::asio::ip;
  ip::tcp::endpoint at = tcp_endpoint(parts.options);
  at.port(port);
  try {
    tcp_ = self.listen(at, {.reuse_port = parts.options.shards > 1});
    return tcp_.local_endpoint<ip::tcp::endpoint>().port();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + parts.options.address + " port " + std::to_string(port) + ": " +
                             problem.code().message());
  }
}

void shard_front::listen_unix() {
  try {
    remove_abandoned(parts.options.unix_socket);
    unix_ = self.listen(boost::asio::local::stream_protocol::endpoint(parts.options.unix_socket));
  } catch (const std::exception& problem) {
    throw std::runtime_error("cannot listen on '" + parts.options.unix_socket + "': " + problem.what());
  }
}

task<> shard_front::run() {
  auto from_tcp = self.spawn(accept(tcp_));
  auto from_unix = self.spawn(accept(unix_));
  co_await std::move(from_tcp).join();
  co_await std::move(from_unix).join();
  co_await empty_.get();
}

void shard_front::stop() {
  stopping_ = true;
  tcp_.close();
  unix_.close();
  for (client& each : clients_)
    if (each.idle) each.serving->abort();
  end_if_empty();
}

void shard_front::hang_up() {
  for (client& each : clients_)
    each.serving->abort();
}

void shard_front::leave(clients::iterator which) noexcept {
  served.connections.fetch_sub(1, std::memory_order_relaxed);
  clients_.erase(which);
  end_if_empty();
}

task<> shard_front::accept(const shard_listener& from) {
  while (from.is_open()) {
    shard_socket made;
    bool failed = false;
    try {
      made = co_await self.accept(from);
    } catch (const boost::system::system_error&) {
      failed = true;
    }
    if (!from.is_open()) co_return;
    if (failed) // without descriptors nothing helps but that some connections end
      co_await self.sleep_for(std::chrono::milliseconds(10));
    else
      enter(std::move(made));
  }
}

void shard_front::enter(shard_socket socket) {
  front_counters& count = parts.all[self.index()];
  count.accepted.add(1);
  if (full()) {
    count.rejected.add(1);
    // It has room for this, or the client is out of luck.
    static_cast<void>(
        ::send(socket.native_handle(), too_many_clients.data(), too_many_clients.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    return;
  }
  served.connections.fetch_add(1, std::memory_order_relaxed);
  clients_.emplace_front();
  const auto me = clients_.begin();
  me->serving.emplace(self.spawn(serve_connection(*this, std::move(socket), me)));
}

bool shard_front::full() const noexcept {
  const auto add = [](std::size_t sum, const front_counters& each) {
    return sum + each.served.connections.load(std::memory_order_relaxed);
  };
  return std::accumulate(parts.all.begin(), parts.all.end(), std::size_t{0}, add) >= parts.options.max_clients;
}

void shard_front::end_if_empty() {
  if (!stopping_ || !clients_.empty() || !tell_empty_) return;
  auto tell = std::move(*tell_empty_);
  tell_empty_.reset();
  tell.set_value();
}

} // namespace kv_server
