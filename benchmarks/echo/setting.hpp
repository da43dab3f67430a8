#pragma once

#include <cstddef>

namespace shardbridge::bench {

/// One combination of `echo`.
struct echo_setting {
  unsigned connections = 0;
  unsigned pipeline = 0; ///< Requests that a connection has outstanding; they are sent together.
  std::size_t bytes = 0; ///< Of a request, and of its answer.

  std::size_t batch_bytes() const noexcept { return bytes * pipeline; }
};

/// What servers receive at once, all alike.
inline constexpr std::size_t server_buffer_bytes = 8192;

/// Client and server, a core each.
struct echo_cpus {
  int client = 0;
  int server = 0;
};

} // namespace shardbridge::bench
