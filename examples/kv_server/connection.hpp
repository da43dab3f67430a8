#pragma once

#include "net.hpp"

namespace kv_server {

class worker;

/// Serves one connection until its end. It is not read while anything is owed to it, so that what it can have in memory
/// is bounded. Failures of the client or the network end it quietly.
[[nodiscard]] awaitable<> serve_connection(worker& on, client_socket socket);

} // namespace kv_server
