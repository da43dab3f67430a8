// Goal: tests run the server as a user does, and speak to it as any client, well-behaved or not.
// Method: fixtures/child_program.hpp; the server is asked for a free port and tells which.
#pragma once

#include "child_program.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

using shardbridge::fixtures::child_program;
using shardbridge::fixtures::program_result;
using shardbridge::fixtures::run_program;

/// The server, which listens when the constructor returns. Throws with what it said if it ends instead.
class server_run : public child_program {
 public:
  explicit server_run(const std::string& data, const std::vector<std::string>& arguments = {},
                      const std::function<bool()>& prepare = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// What redis-cli says to a command, without the last line end.
  [[nodiscard]] std::string cli(const std::vector<std::string>& words) const;
  /// A line of INFO; "" if there is none such.
  [[nodiscard]] std::string info(std::string_view name) const;

 private:
  std::uint16_t port_ = 0;
};

/// A connection without a library.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port);
  /// To a Unix socket.
  explicit raw_client(const std::string& path);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  /// False: the server has gone.
  bool send(std::string_view text) const; // NOLINT(modernize-use-nodiscard): most clients do not care
  /// What the socket takes without waiting.
  [[nodiscard]] std::size_t send_some(std::string_view text) const;
  /// Nothing more is sent, which the server sees as the end.
  void end_sending() const;
  /// "" at the end of the connection, or if nothing comes for long.
  [[nodiscard]] std::string read() const;
  /// Until so many bytes have come, or the end.
  [[nodiscard]] std::string read_bytes(std::size_t count) const;
  [[nodiscard]] std::string read_all() const;

 private:
  void limit_waits() const;

  int socket_;
};

/// A command as clients send it.
std::string resp(const std::vector<std::string>& words);

} // namespace kv_server
