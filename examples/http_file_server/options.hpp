#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace http_file_server {

enum class engine {
  bridge, ///< shards, through a bridge for each thread
  pool,   ///< threads that call pread(2), for comparison
};

struct options {
  std::string root{};
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080; ///< 0: any that is free
  std::size_t threads = 1;
  http_file_server::engine engine = http_file_server::engine::bridge;
  std::size_t shards = 1;
  bool pin = false; ///< shards to a CPU each
  std::size_t pool_threads = 32;
  bool direct = false;
  std::size_t max_ops = 1024; ///< of each thread
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t buffer_bytes = std::size_t{256} << 20;
  std::chrono::nanoseconds spin{0};
  std::string access_log{}; ///< empty: none
  std::size_t max_connections = 10'000;
  std::size_t max_header_bytes = 8192;
  std::size_t max_pipelined = 100;
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds(60);
  std::chrono::nanoseconds header_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds send_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds read_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds grace = std::chrono::seconds(10);
  unsigned retry_after = 1;
};

/// Nothing if all that was asked for was help, which is on standard output by then. Throws bad_option.
[[nodiscard]] std::optional<options> parse_options(int argc, const char* const* argv);

/// Says in a sentence what is wrong with the command line.
struct bad_option : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace http_file_server
