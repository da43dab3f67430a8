#pragma once

#include <shardbridge/detail/datagram_core.hpp>
#include <shardbridge/detail/listener_core.hpp>
#include <shardbridge/detail/socket_handle.hpp>
#include <shardbridge/detail/stream_core.hpp>

#include <cstddef>
#include <cstdint>

#include <sys/socket.h>

namespace shardbridge {

/// Of a connection: see shard_socket::shutdown().
enum class socket_half {
  receive = SHUT_RD, ///< nothing more is received
  send = SHUT_WR,    ///< nothing more is sent
  both = SHUT_RDWR,  ///< neither
};

/// A connected stream socket of code on a shard, TCP or UNIX: see shard::accept(), shard::connect(),
/// shard::adopt_socket().
class shard_socket : public detail::socket_handle<detail::stream_core> {
 public:
  using socket_handle::socket_handle;

  /// The other side's address, as one of Asio's endpoints. Throws boost::system::system_error: see getpeername(2).
  template <class Endpoint>
  [[nodiscard]] Endpoint remote_endpoint() const {
    const detail::socket_address found = detail::remote_address(native_handle());
    return detail::endpoint_of<Endpoint>(found.get(), found.length);
  }
  /// Ends one direction or both: the other side sees the end of the stream when all is sent that was sent before.
  /// Throws boost::system::system_error: see shutdown(2).
  void shutdown(socket_half which) { detail::shut_down(native_handle(), static_cast<int>(which)); }
};

/// A listening socket of code on a shard, TCP or UNIX: see shard::listen().
class shard_listener : public detail::socket_handle<detail::listener_core> {
 public:
  using socket_handle::socket_handle;

  /// Connections that came while twice listen_options::backlog of them waited to be accepted, and were closed.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return core() ? core()->dropped() : 0; }
};

/// A datagram socket of code on a shard, UDP or UNIX: see shard::bind().
class shard_datagram_socket : public detail::socket_handle<detail::datagram_core> {
 public:
  using socket_handle::socket_handle;

  /// Datagrams that came while datagram_options::most_kept of them waited to be received, and were dropped. Those that
  /// the kernel itself had no room for are not counted.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return core() ? core()->dropped() : 0; }
};

/// Options of a listener.
struct listen_options {
  /// Connections that wait in the kernel to be accepted, see listen(2).
  int backlog = 4096;
  /// Whether the address may have been another's shortly before (SO_REUSEADDR). Nothing for UNIX sockets.
  bool reuse_address = true;
  /// Whether several listeners, such as one a shard, share the address: the kernel spreads connections over them
  /// (SO_REUSEPORT).
  bool reuse_port = false;
};

/// Options of a datagram socket.
struct datagram_options {
  /// Datagrams that it keeps for who receives them later; what comes beyond that is dropped, and counted. They are in
  /// receive buffers, of which the shard has shard_group_options::receive_buffers for all its sockets.
  std::size_t most_kept = 32;
  /// Whether several sockets share the address: the kernel spreads datagrams over them (SO_REUSEPORT).
  bool reuse_port = false;
};

} // namespace shardbridge
