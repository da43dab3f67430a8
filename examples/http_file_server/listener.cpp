#include "listener.hpp"

#include "connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace http_file_server {

listener::listener(workers& to, const options& from)
    : workers_(to), options_(from), acceptor_(to.first()), pause_(to.first()) {
  boost::system::error_code failed;
  const asio::ip::tcp::endpoint where(asio::ip::make_address(from.address, failed), from.port);
  if (failed) throw bad_option("--address takes an IPv4 or IPv6 address, not '" + from.address + "'");
  try {
    acceptor_.open(where.protocol());
    acceptor_.set_option(tcp_acceptor::reuse_address(true));
    acceptor_.bind(where);
    acceptor_.listen();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + from.address + " port " + std::to_string(from.port) + ": " +
                             problem.code().message());
  }
}

std::string listener::url() const {
  const auto where = acceptor_.local_endpoint();
  const std::string host = where.address().to_string();
  return "http://" + (where.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(where.port());
}

awaitable<> listener::accept() {
  while (acceptor_.is_open()) {
    worker& next = workers_.least_busy();
    auto [failed, socket] = co_await acceptor_.async_accept(next.context, as_tuple);
    if (!acceptor_.is_open()) break;
    if (!failed) {
      next.connections.fetch_add(1, std::memory_order_relaxed);
      asio::co_spawn(next.context, serve_connection(next, std::move(socket)), asio::detached);
    }
    if (failed || workers_.connections() >= options_.max_connections) co_await wait_for_room(failed.failed());
  }
}

// Without descriptors, as with too many connections, nothing helps but that some end.
awaitable<> listener::wait_for_room(bool failed) {
  while (acceptor_.is_open() && (std::exchange(failed, false) || workers_.connections() >= options_.max_connections)) {
    pause_.expires_after(std::chrono::milliseconds(10));
    co_await pause_.async_wait(as_tuple);
  }
}

void listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

} // namespace http_file_server
