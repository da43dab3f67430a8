#pragma once

#include "response_plan.hpp"

#include <string_view>

namespace http_file_server {

/// A request without its body. The texts are the reader's, until its next request.
struct request {
  request_facts facts{};
  std::string_view method{};
  std::string_view target{};
  unsigned version = 11; ///< 10 or 11
  bool one_host = false; ///< it names the host once, as it must from HTTP/1.1 on
  bool keep_alive = false;
  bool has_body = false;
  std::string_view referer{};
  std::string_view user_agent{};
};

} // namespace http_file_server
