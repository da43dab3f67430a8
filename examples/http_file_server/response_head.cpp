#include "response_head.hpp"

#include "http_date.hpp"

#include <array>
#include <charconv>

namespace http_file_server {
namespace {

void append(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void add_content_range(std::string& out, const response_plan& plan) {
  out += "\r\nContent-Range: bytes ";
  if (plan.status == 206) {
    append(out, plan.first);
    out += '-';
    append(out, plan.first + plan.length - 1);
  } else {
    out += '*';
  }
  out += '/';
  append(out, plan.file->size);
}

} // namespace

std::string response_head(const response_plan& plan, const head_setting& setting) {
  std::string out;
  out.reserve(384);
  out += "HTTP/1.1 ";
  append(out, plan.status);
  out += ' ';
  out += reason_of(plan.status);
  out += "\r\nServer: shardbridge\r\nDate: ";
  out += setting.date;
  if (plan.status != 304) { // whose length would be taken for that of the file
    out += "\r\nContent-Length: ";
    append(out, plan.length);
    out += "\r\nContent-Type: ";
    out += plan.content_type;
  }
  if (plan.file) {
    out += "\r\nLast-Modified: ";
    out += http_date(plan.file->validators.modified);
    out += "\r\nETag: ";
    out += plan.file->validators.etag;
    out += "\r\nAccept-Ranges: bytes";
    if (plan.status == 206 || plan.status == 416) add_content_range(out, plan);
  }
  if (!plan.location.empty()) (out += "\r\nLocation: ") += plan.location;
  if (plan.status == 405) out += "\r\nAllow: GET, HEAD";
  if (plan.status == 503) append(out += "\r\nRetry-After: ", setting.retry_after);
  if (plan.close)
    out += "\r\nConnection: close";
  else if (setting.http_1_0_keep_alive)
    out += "\r\nConnection: keep-alive";
  out += "\r\n\r\n";
  return out;
}

} // namespace http_file_server
