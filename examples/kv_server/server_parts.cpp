#include "server_parts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace kv_server {

session_limits limits_of(const options& from) {
  session_limits out{.key_bytes = from.max_key_bytes, .value_bytes = from.max_value_bytes};
  // What is a little too large is told so; what is much too large is not read.
  out.resp.bulk_bytes = 2 * std::max(from.max_key_bytes, from.max_value_bytes);
  out.resp.command_bytes = out.resp.bulk_bytes + from.max_key_bytes + (std::size_t{1} << 20);
  return out;
}

std::vector<setting> settings_of(const options& from, const session_limits& limits, std::uint16_t port) {
  return {{"appendfsync", "always"},
          {"appendonly", "yes"},
          {"databases", "1"},
          {"dir", from.data},
          {"maxclients", std::to_string(from.max_clients)},
          {"port", std::to_string(port)},
          {"proto-max-bulk-len", std::to_string(limits.resp.bulk_bytes)},
          {"save", ""},
          {"timeout", std::to_string(from.idle_timeout / std::chrono::seconds(1))}};
}

boost::asio::ip::tcp::endpoint tcp_endpoint(const options& from) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(from.address, failed);
  if (failed) throw bad_option("--address takes an IPv4 or IPv6 address, not '" + from.address + "'");
  return {address, from.port};
}

std::string address_text(const options& from, std::uint16_t port) {
  if (from.address.empty()) return from.unix_socket;
  const std::string host = from.address.find(':') == std::string::npos ? from.address : '[' + from.address + ']';
  return host + ':' + std::to_string(port) + (from.unix_socket.empty() ? "" : ' ' + from.unix_socket);
}

void remove_abandoned(const std::string& unix_socket) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::socket other(context);
  boost::system::error_code failed;
  other.connect(boost::asio::local::stream_protocol::endpoint(unix_socket), failed);
  if (failed == boost::asio::error::connection_refused) std::filesystem::remove(unix_socket);
}

} // namespace kv_server
