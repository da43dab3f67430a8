// The connections of a worker, so that those that are too slow can be found, and all be told to end.
//
// Threads: the worker's.
#pragma once

#include "net.hpp"

#include <chrono>
#include <list>

namespace kv_server {

/// What is known of a connection from outside.
struct client {
  using clock = std::chrono::steady_clock;

  client_socket socket;
  clock::time_point deadline = clock::time_point::max(); ///< of what the client is waited for
  bool idle = false;                                     ///< no command has come that is not answered

  /// No limit: for ever.
  void wait_for(std::chrono::nanoseconds limit) {
    deadline = limit.count() > 0 ? clock::now() + limit : clock::time_point::max();
  }
  /// What is outstanding fails, and the connection ends.
  void hang_up() noexcept {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
};

using clients = std::list<client>;

} // namespace kv_server
