#include "log_line.hpp"

#include "http_date.hpp"

namespace http_file_server {
namespace {

void add_quoted(std::string& out, std::string_view text) {
  constexpr const char* digits = "0123456789abcdef";
  out += " \"";
  if (text.empty()) out += '-';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

} // namespace

std::string log_line(const log_entry& entry) {
  std::string out(entry.client);
  out += " - - [";
  out += log_date(entry.seconds);
  out += ']';
  add_quoted(out, entry.request_line);
  out += ' ';
  out += std::to_string(entry.status);
  out += ' ';
  out += std::to_string(entry.bytes);
  add_quoted(out, entry.referer);
  add_quoted(out, entry.user_agent);
  out += '\n';
  return out;
}

} // namespace http_file_server
