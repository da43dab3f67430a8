#include "linger.hpp"

#include <array>
#include <chrono>
#include <tuple>

namespace http_file_server {

awaitable<> linger(client& with) {
  boost::system::error_code failed;
  with.socket.shutdown(tcp_socket::shutdown_send, failed);
  with.wait_for(std::chrono::seconds(1));
  std::array<char, 1024> thrown_away;
  for (int left = 1024; left > 0 && !failed; --left)
    failed = std::get<0>(co_await with.socket.async_read_some(asio::buffer(thrown_away), as_tuple));
  with.timed_out = false;
}

} // namespace http_file_server
