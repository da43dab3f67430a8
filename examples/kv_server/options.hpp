#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace kv_server {

/// What serves the connections.
enum class network : std::uint8_t {
  asio,  ///< threads of its own, which reach the shards through a bridge
  shards ///< the shards themselves
};

struct options {
  std::string data{};
  kv_server::network network = network::asio;
  std::string address = "127.0.0.1"; ///< empty: no TCP
  std::uint16_t port = 6380;         ///< 0: any that is free
  std::string unix_socket{};         ///< empty: none
  std::size_t threads = 1;
  std::size_t shards = 1;
  bool pin = false; ///< shards to a CPU each
  std::chrono::nanoseconds spin{0};
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  double garbage_ratio = 0.5;
  bool accept_damage = false;
  std::size_t max_key_bytes = std::size_t{64} << 10;
  std::size_t max_value_bytes = std::size_t{16} << 20;
  std::size_t max_clients = 10'000;
  std::chrono::nanoseconds idle_timeout{0}; ///< 0: none
  std::chrono::nanoseconds send_timeout = std::chrono::seconds(60);
  std::chrono::nanoseconds grace = std::chrono::seconds(10);
};

/// Nothing if all that was asked for was help, which is on standard output by then. Throws bad_option.
[[nodiscard]] std::optional<options> parse_options(int argc, const char* const* argv);

/// Says in a sentence what is wrong with the command line.
struct bad_option : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace kv_server
