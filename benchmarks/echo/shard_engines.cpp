#include "../common/failure.hpp"
#include "engine.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using serve_function = task<> (*)(shard&, shard_socket);

task<> echo(shard& self, shard_socket client) {
  while (true) {
    const received_buffer bytes = co_await self.recv(client);
    if (bytes.empty()) co_return;
    co_await self.send(client, bytes.buffer());
  }
}

task<> echo_directly(shard& self, shard_socket client) {
  std::array<char, server_buffer_bytes> bytes;
  while (const std::size_t count = co_await self.recv(client, asio::buffer(bytes)))
    co_await self.send(client, asio::buffer(bytes, count));
}

task<> serve(shard& self, shard_listener listener, serve_function answer) {
  while (true) {
    shard_socket client = co_await self.accept(listener);
    client.set_option(tcp::no_delay(true));
    self.spawn(answer(self, std::move(client))).detach();
  }
}

class shard_server final : public echo_server {
 public:
  shard_server(const echo_setting& what, int cpu, serve_function answer) : group_(options(what, cpu)) {
    asio::io_context context;
    bridge link(context, group_);
    std::exception_ptr failed;
    const auto listen = [answer](shard& self) {
      shard_listener made = self.listen(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
      const std::uint16_t port = made.local_endpoint<tcp::endpoint>().port();
      self.spawn(serve(self, std::move(made), answer)).detach();
      return port;
    };
    async_call(link, 0, listen, [&](std::exception_ptr told, std::uint16_t port) {
      failed = std::move(told);
      port_ = port;
    });
    context.run();
    if (failed) std::rethrow_exception(failed);
  }
  std::uint16_t port() const override { return port_; }

 private:
  /// A slot for what each connection receives and one for what it sends.
  static shard_group_options options(const echo_setting& what, int cpu) {
    shard_group_options made;
    made.cpus = {cpu};
    made.ring_entries = std::max(made.ring_entries, 2 * what.connections + 64);
    made.receive_buffer_bytes = server_buffer_bytes;
    return made;
  }

  shard_group group_;
  std::uint16_t port_ = 0;
};

} // namespace

std::unique_ptr<echo_server> serve_by_shard(const echo_setting& what, int cpu) {
  return std::make_unique<shard_server>(what, cpu, &echo);
}

std::unique_ptr<echo_server> serve_by_shard_directly(const echo_setting& what, int cpu) {
  return std::make_unique<shard_server>(what, cpu, &echo_directly);
}

} // namespace shardbridge::bench
