// The connections of a worker, so that those that are too slow can be found, and all be told to end.
//
// Threads: the worker's.
#pragma once

#include "net.hpp"

#include <chrono>
#include <list>
#include <string>

namespace http_file_server {

/// What is known of a connection from outside.
struct client {
  using clock = std::chrono::steady_clock;

  tcp_socket socket;
  std::string address{};
  clock::time_point deadline = clock::time_point::max(); ///< of what the client is waited for
  bool idle = false;                                     ///< it owes nothing, and is owed nothing
  bool timed_out = false;

  void wait_for(std::chrono::nanoseconds limit) { deadline = clock::now() + limit; }
  void waited() noexcept { deadline = clock::time_point::max(); }

  /// What is outstanding fails, and the connection ends.
  void hang_up() noexcept {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
};

using clients = std::list<client>;

/// Hangs up on those whose deadline has passed.
inline void expire(clients& all, client::clock::time_point now) noexcept {
  for (client& each : all) {
    if (each.deadline > now) continue;
    each.timed_out = true;
    each.deadline = client::clock::time_point::max();
    each.hang_up();
  }
}

} // namespace http_file_server
