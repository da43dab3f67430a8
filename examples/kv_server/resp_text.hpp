// Replies in the protocol of Redis (RESP 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kv_server {

inline void append_simple(std::string& to, std::string_view text) {
  to.append(1, '+').append(text).append("\r\n");
}
/// `text` begins with a code in capitals. It cannot have line ends, which become spaces.
inline void append_error(std::string& to, std::string_view text) {
  to.append(1, '-');
  for (const char c : text)
    to.push_back(c == '\r' || c == '\n' ? ' ' : c);
  to.append("\r\n");
}
inline void append_integer(std::string& to, std::int64_t value) {
  to.append(1, ':').append(std::to_string(value)).append("\r\n");
}
inline void append_bulk(std::string& to, std::string_view text) {
  to.append(1, '$').append(std::to_string(text.size())).append("\r\n").append(text).append("\r\n");
}
inline void append_null(std::string& to) {
  to.append("$-1\r\n");
}
/// What follows are so many replies.
inline void append_array(std::string& to, std::size_t size) {
  to.append(1, '*').append(std::to_string(size)).append("\r\n");
}

} // namespace kv_server
