#include "response_plan.hpp"

#include "byte_range.hpp"

#include <cerrno>
#include <utility>

namespace http_file_server {

response_plan plan_file(const request_facts& request, file_facts file) {
  response_plan out;
  out.head_only = request.method == method::head;
  switch (evaluate(request.conditions, file.validators)) {
  case condition_result::failed:
    return plan_status(412, request.method);
  case condition_result::not_modified:
    out.status = 304;
    out.head_only = true;
    out.file = std::move(file);
    return out;
  case condition_result::holds:
    break;
  }

  // Range is defined for GET alone.
  const bool ranged = request.method == method::get && range_counts(request.conditions, file.validators);
  const byte_range range = choose_range(ranged ? request.range : std::string_view(), file.size);
  if (range.what == byte_range::kind::unsatisfiable) {
    out = plan_status(416, request.method);
    out.file = std::move(file);
    return out;
  }
  out.status = range.what == byte_range::kind::part ? 206 : 200;
  out.first = range.first;
  out.length = range.length;
  out.send_file = !out.head_only;
  out.content_type = file.type;
  out.file = std::move(file);
  return out;
}

response_plan plan_status(unsigned status, method asked) {
  response_plan out;
  out.status = status;
  out.content = std::to_string(status);
  ((out.content += ' ') += reason_of(status)) += '\n';
  out.content_type = "text/plain; charset=utf-8";
  out.length = out.content.size();
  out.head_only = asked == method::head;
  return out;
}

unsigned status_of_error(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
  case ENAMETOOLONG:
    return 404;
  case EACCES:
  case EPERM:
  case ELOOP: // links in a circle
  case EXDEV: // links out of the root
    return 403;
  case EMFILE:
  case ENFILE:
  case ENOMEM:
  case EBUSY: // of a bridge: refused
    return 503;
  case ETIMEDOUT:
    return 504;
  default:
    return 500;
  }
}

std::string_view reason_of(unsigned status) {
  switch (status) {
  case 200:
    return "OK";
  case 206:
    return "Partial Content";
  case 301:
    return "Moved Permanently";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 412:
    return "Precondition Failed";
  case 416:
    return "Range Not Satisfiable";
  case 431:
    return "Request Header Fields Too Large";
  case 503:
    return "Service Unavailable";
  case 504:
    return "Gateway Timeout";
  default:
    return "Internal Server Error";
  }
}

} // namespace http_file_server
