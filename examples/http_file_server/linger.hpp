#pragma once

#include "clients.hpp"
#include "net.hpp"

namespace http_file_server {

/// Ends a connection whose client may still send, behind its last response. A socket that is closed then makes the
/// kernel throw away the response that is on its way, so what comes is read, for a moment, until the client has closed
/// too.
[[nodiscard]] awaitable<> linger(client& with);

} // namespace http_file_server
