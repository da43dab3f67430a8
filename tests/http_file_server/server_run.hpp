// Goal: tests run the server, curl and wrk as a user does, and see all that the user sees.
// Method: fixtures/child_program.hpp; the server is asked for a free port and tells which.
#pragma once

#include "child_program.hpp"
#include "temporary_folder.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace http_file_server {

using shardbridge::fixtures::child_program;
using shardbridge::fixtures::program_result;
using shardbridge::fixtures::run_program;

/// The server, which listens when the constructor returns. Throws with what it said if it ends instead.
class server_run : public child_program {
 public:
  explicit server_run(const std::string& root, const std::vector<std::string>& arguments = {},
                      const std::function<bool()>& prepare = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view target = "") const;
  /// A number of /metrics; -1 if there is none such.
  [[nodiscard]] double metric(std::string_view name_and_labels) const;
  /// Whether it reaches `value` before long.
  [[nodiscard]] bool metric_becomes(std::string_view name_and_labels, double value) const;

 private:
  std::uint16_t port_ = 0;
};

struct response {
  int exit_code = -1; ///< of curl
  int status = 0;
  std::string head;
  std::string body;

  /// The value of a field, "" if there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// One request by curl, whose last words are a URL and options.
response curl(const std::vector<std::string>& words);

/// A connection of a client that does not behave.
class raw_client {
 public:
  explicit raw_client(const server_run& to);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  void send(std::string_view text) const;
  /// Nothing more is sent, which the server sees as the end.
  void end_sending() const;
  /// From now on the end of this is a reset, not an orderly end.
  void reset_at_end() const;
  /// At most so much, "" at the end of the connection; throws if nothing comes for long.
  [[nodiscard]] std::string read(std::size_t at_most = 65536) const;
  /// Whether something can be read, or the end, without waiting.
  [[nodiscard]] bool has_input() const;
  /// Until the end of the connection, or until `text` has come.
  [[nodiscard]] std::string read_until(std::string_view text) const;
  [[nodiscard]] std::string read_all() const;

 private:
  int socket_;
};

} // namespace http_file_server
