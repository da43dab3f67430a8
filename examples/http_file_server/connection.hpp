#pragma once

#include "net.hpp"

namespace http_file_server {

class worker;

/// Serves one connection until its end. Failures of the client or the network end it quietly.
[[nodiscard]] awaitable<> serve_connection(worker& on, tcp_socket socket);

} // namespace http_file_server
