#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/socket.h>

namespace shardbridge::detail {

/// What was received into memory that the kernel picked: lasts until its buffer is given back.
struct received_piece {
  std::byte* begin = nullptr;
  std::size_t size = 0; ///< bytes
  std::uint16_t buffer = 0;
  bool copied = false;              ///< to memory of its own, behind it; it is nobody's buffer any more
  bool truncated = false;           ///< a datagram that was longer
  const sockaddr* sender = nullptr; ///< of a datagram
  socklen_t sender_length = 0;
  received_piece* next = nullptr; ///< of those that wait to be taken
};

/// One answer to a request that the kernel answers again and again.
struct arrival {
  int descriptor = -1;             ///< of a connection
  received_piece* piece = nullptr; ///< of what was received
};

} // namespace shardbridge::detail
