// Sockets on shards: an echo server on two of them, which share a port. The kernel spreads the connections.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

shardbridge::task<> echo(shardbridge::shard& self, shardbridge::shard_socket client) {
  while (true) {
    const shardbridge::received_buffer bytes = co_await self.recv(client);
    if (bytes.empty()) co_return; // the client has ended its half
    co_await self.send(client, bytes.buffer(), {.timeout = std::chrono::seconds(10)});
  }
}

shardbridge::task<> serve(shardbridge::shard& self, shardbridge::shard_listener listener) {
  while (true)
    self.spawn(echo(self, co_await self.accept(listener))).detach();
}

/// Returns the port.
unsigned short listen(shardbridge::shard& self, unsigned short port) {
  const tcp::endpoint at(asio::ip::address_v4::loopback(), port);
  shardbridge::shard_listener listener = self.listen(at, {.reuse_port = true});
  port = listener.local_endpoint<tcp::endpoint>().port();
  self.spawn(serve(self, std::move(listener))).detach();
  return port;
}

asio::awaitable<std::string> ask(tcp::endpoint server, std::string question) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(question), asio::use_awaitable);
  std::string answer(question.size(), '\0');
  co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
  co_return answer;
}

asio::awaitable<void> start_and_ask(shardbridge::bridge& bridge, std::size_t shards) {
  unsigned short port = 0;
  for (std::size_t each = 0; each < shards; ++each) {
    const auto on_shard = [port](shardbridge::shard& self) { return listen(self, port); };
    port = co_await shardbridge::async_call(bridge, each, on_shard, asio::use_awaitable);
  }
  for (int each = 0; each < 8; ++each)
    std::cout << co_await ask({asio::ip::address_v4::loopback(), port}, "hello " + std::to_string(each)) << '\n';
}

int main() {
  asio::io_context context;
  shardbridge::shard_group shards({.shards = 2});
  shardbridge::bridge bridge(context, shards);
  std::exception_ptr failed;
  asio::co_spawn(context, start_and_ask(bridge, shards.size()), [&failed](std::exception_ptr told) { failed = told; });
  context.run();
  if (failed) std::rethrow_exception(failed);
  // The group stops here: what waits on the shards ends, and closes its sockets.
}
