#pragma once

#include "net.hpp"
#include "worker.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kv_server {

/// The sockets that listen: give each connection to the worker that has fewest, and tell those that are too many so.
///
/// Threads: that of the first worker, but for the numbers.
class listener {
 public:
  /// Listens. Throws bad_option for an address, std::runtime_error where it cannot be listened on.
  listener(std::vector<std::unique_ptr<worker>>& to, const options& from);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  /// Removes the Unix socket.
  ~listener();

  /// "127.0.0.1:6380", a path, or both divided by a blank.
  [[nodiscard]] std::string where() const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Begins to accept.
  void start();
  void close();

  [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_.get(); }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_.get(); }

 private:
  void listen_tcp();
  void listen_unix();
  template <class Protocol>
  awaitable<> accept(acceptor<Protocol>& from);
  [[nodiscard]] awaitable<> refuse(client_socket socket);

  std::vector<std::unique_ptr<worker>>& workers_;
  const options& options_;
  std::optional<acceptor<asio::ip::tcp>> tcp_;
  std::optional<acceptor<asio::local::stream_protocol>> unix_;
  std::uint16_t port_ = 0;
  timer pause_;
  tally accepted_;
  tally rejected_;
};

} // namespace kv_server
