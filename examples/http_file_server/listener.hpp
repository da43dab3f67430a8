#pragma once

#include "net.hpp"
#include "options.hpp"
#include "workers.hpp"

#include <string>

namespace http_file_server {

/// The socket that listens: gives each connection to the worker that has fewest.
///
/// Threads: that of the first worker.
class listener {
 public:
  /// Listens. Throws bad_option for the address, std::runtime_error where it cannot be listened on.
  listener(workers& to, const options& from);

  /// With the port that is really used.
  [[nodiscard]] std::string url() const;

  /// Until close(). With too many connections, or without descriptors for more, those that come wait in the kernel.
  [[nodiscard]] awaitable<> accept();
  void close();

 private:
  [[nodiscard]] awaitable<> wait_for_room(bool failed);

  workers& workers_;
  const options& options_;
  tcp_acceptor acceptor_;
  timer pause_;
};

} // namespace http_file_server
