// The access log: lines of all threads, written by a thread of its own, so that a slow disk holds up no response.
//
// Threads: any. What is waiting to be written is bounded; lines that find no room are dropped and counted.
#pragma once

#include "unique_fd.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace http_file_server {

class access_log {
 public:
  /// Appends to the file `path`, "-" for standard output. Throws std::system_error where that cannot be opened.
  explicit access_log(const std::string& path, std::size_t max_waiting_bytes = std::size_t{1} << 20);
  /// Writes what is waiting.
  ~access_log();
  access_log(const access_log&) = delete;
  access_log& operator=(const access_log&) = delete;

  void add(std::string_view line);

  /// Lines that found no room, or that could not be written.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  void write_until_closed();

  const std::size_t max_waiting_bytes_;
  unique_fd file_;
  mutable std::mutex guard_;
  std::condition_variable changed_;
  std::string waiting_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
  std::thread writer_; // last: it uses the others
};

} // namespace http_file_server
