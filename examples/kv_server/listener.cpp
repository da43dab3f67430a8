#include "listener.hpp"

#include "connection.hpp"
#include "server_parts.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace kv_server {
namespace {

std::size_t load(const std::unique_ptr<worker>& of) noexcept {
  return of->counters.connections.load(std::memory_order_relaxed);
}

} // namespace

listener::listener(std::vector<std::unique_ptr<worker>>& to, const options& from)
    : workers_(to), options_(from), pause_(to.front()->context) {
  if (!from.address.empty()) listen_tcp();
  if (!from.unix_socket.empty()) listen_unix();
}

listener::~listener() {
  if (!unix_) return;
  std::error_code ignored;
  std::filesystem::remove(options_.unix_socket, ignored);
}

void listener::listen_tcp() {
  const asio::ip::tcp::endpoint at = tcp_endpoint(options_);
  try {
    tcp_.emplace(workers_.front()->context, at, true);
    port_ = tcp_->local_endpoint().port();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + options_.address + " port " + std::to_string(options_.port) + ": " +
                             problem.code().message());
  }
}

void listener::listen_unix() {
  try {
    remove_abandoned(options_.unix_socket);
    unix_.emplace(workers_.front()->context, asio::local::stream_protocol::endpoint(options_.unix_socket));
  } catch (const std::exception& problem) {
    throw std::runtime_error("cannot listen on '" + options_.unix_socket + "': " + problem.what());
  }
}

std::string listener::where() const {
  return address_text(options_, port_);
}

void listener::start() {
  if (tcp_) asio::co_spawn(workers_.front()->context, accept(*tcp_), asio::detached);
  if (unix_) asio::co_spawn(workers_.front()->context, accept(*unix_), asio::detached);
}

template <class Protocol>
awaitable<> listener::accept(acceptor<Protocol>& from) {
  while (from.is_open()) {
    worker& next = **std::ranges::min_element(workers_, {}, load);
    auto [failed, socket] = co_await from.async_accept(next.context, as_tuple);
    if (!from.is_open()) break;
    if (failed) { // without descriptors nothing helps but that some connections end
      pause_.expires_after(std::chrono::milliseconds(10));
      co_await pause_.async_wait(as_tuple);
      continue;
    }
    accepted_.add(1);
    const auto count = std::transform_reduce(workers_.begin(), workers_.end(), std::size_t{0}, std::plus<>(), load);
    client_socket client(std::move(socket));
    if (count >= options_.max_clients) {
      rejected_.add(1);
      asio::co_spawn(next.context, refuse(std::move(client)), asio::detached);
    } else {
      next.counters.connections.fetch_add(1, std::memory_order_relaxed);
      asio::co_spawn(next.context, serve_connection(next, std::move(client)), asio::detached);
    }
  }
}

awaitable<> listener::refuse(client_socket socket) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(too_many_clients), ignored); // it has room for this, or the client is out of luck
  co_return;
}

void listener::close() {
  boost::system::error_code ignored;
  if (tcp_) tcp_->close(ignored);
  if (unix_) unix_->close(ignored);
  pause_.cancel();
}

} // namespace kv_server
