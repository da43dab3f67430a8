// Goal: tests run the server, curl and wrk as a user does, and see all that the user sees.
// Method: fork and exec with both outputs going to files; the server is asked for a free port and tells which.
#pragma once

#include "temporary_folder.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace http_file_server {

struct program_result {
  int exit_code = -1; ///< 128 + the signal, if one ended it
  std::string out;
  std::string err;
};

/// A program that was started by the constructor, and is killed by the destructor if it still runs.
class program_run {
 public:
  explicit program_run(std::vector<std::string> words);
  program_run(const program_run&) = delete;
  program_run& operator=(const program_run&) = delete;
  ~program_run();

  void signal(int number) const;
  [[nodiscard]] std::string out_so_far() const;
  program_result wait();

 private:
  shardbridge::fixtures::temporary_folder outputs_;
  pid_t pid_ = -1;
};

program_result run_program(std::vector<std::string> words);

/// The server, which listens when the constructor returns. Throws with what it said if it ends instead.
class server_run : public program_run {
 public:
  explicit server_run(const std::string& root, const std::vector<std::string>& arguments = {});

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
  /// At most so much, "" at the end of the connection; throws if nothing comes for long.
  [[nodiscard]] std::string read(std::size_t at_most = 65536) const;
  /// Until the end of the connection, or until `text` has come.
  [[nodiscard]] std::string read_until(std::string_view text) const;
  [[nodiscard]] std::string read_all() const;

 private:
  int socket_;
};

} // namespace http_file_server
