// What both forms of the server have in common.
#pragma once

#include "config_reply.hpp"
#include "options.hpp"
#include "session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

inline constexpr std::string_view too_many_clients = "-ERR max number of clients reached\r\n";

[[nodiscard]] session_limits limits_of(const options& from);
/// As redis-cli and redis-benchmark ask for them.
[[nodiscard]] std::vector<setting> settings_of(const options& from, const session_limits& limits, std::uint16_t port);

/// Throws bad_option.
[[nodiscard]] boost::asio::ip::tcp::endpoint tcp_endpoint(const options& from);
/// "127.0.0.1:6380", a path, or both divided by a blank.
[[nodiscard]] std::string address_text(const options& from, std::uint16_t port);
/// A Unix socket that a server has left behind is in the way, and nobody answers there.
void remove_abandoned(const std::string& unix_socket);

} // namespace kv_server
