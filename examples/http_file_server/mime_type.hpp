#pragma once

#include <string_view>

namespace http_file_server {

/// By the suffix of the path; "application/octet-stream" for what is not known.
[[nodiscard]] std::string_view mime_type(std::string_view path);

} // namespace http_file_server
