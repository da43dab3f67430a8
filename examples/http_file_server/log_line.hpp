#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace http_file_server {

/// What the access log tells of a response.
struct log_entry {
  std::string_view client; ///< its address
  std::int64_t seconds = 0;
  std::string_view request_line;
  unsigned status = 0;
  std::uint64_t bytes = 0; ///< of the content, as far as it was sent
  std::string_view referer;
  std::string_view user_agent;
};

/// A line of the combined log format, with its end. What clients send is escaped, so that they can neither end a line
/// nor a quoted field.
[[nodiscard]] std::string log_line(const log_entry& entry);

} // namespace http_file_server
