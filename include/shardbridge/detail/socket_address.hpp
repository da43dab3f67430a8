#pragma once

#include <cstring>

#include <sys/socket.h>

namespace shardbridge::detail {

/// The address of a socket, of any family.
struct socket_address {
  socket_address() noexcept { bytes.ss_family = AF_UNSPEC; }
  /// Of one of Asio's endpoints.
  template <class Endpoint>
  explicit socket_address(const Endpoint& from) noexcept : length(static_cast<socklen_t>(from.size())) {
    std::memcpy(&bytes, from.data(), length);
  }

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&bytes); }
  [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&bytes); }

  sockaddr_storage bytes;
  socklen_t length = sizeof(sockaddr_storage);
};

/// The same as one of Asio's endpoints. Throws std::length_error, or what the endpoint throws, if it is of another
/// kind.
template <class Endpoint>
Endpoint endpoint_of(const sockaddr* from, socklen_t length) {
  Endpoint made;
  made.resize(length);
  std::memcpy(made.data(), from, length);
  return made;
}

} // namespace shardbridge::detail
