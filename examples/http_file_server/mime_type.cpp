#include "mime_type.hpp"

#include "text.hpp"

#include <array>
#include <utility>

namespace http_file_server {

std::string_view mime_type(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 24> types{{
      {"html", "text/html; charset=utf-8"},
      {"htm", "text/html; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"txt", "text/plain; charset=utf-8"},
      {"md", "text/markdown; charset=utf-8"},
      {"csv", "text/csv; charset=utf-8"},
      {"xml", "application/xml"},
      {"json", "application/json"},
      {"wasm", "application/wasm"},
      {"pdf", "application/pdf"},
      {"gz", "application/gzip"},
      {"zip", "application/zip"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"jpeg", "image/jpeg"},
      {"gif", "image/gif"},
      {"svg", "image/svg+xml"},
      {"webp", "image/webp"},
      {"ico", "image/x-icon"},
      {"woff2", "font/woff2"},
      {"mp4", "video/mp4"},
      {"webm", "video/webm"},
  }};
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (const auto dot = name.rfind('.'); dot != name.npos)
    for (const auto& [suffix, type] : types)
      if (equal_ignoring_case(name.substr(dot + 1), suffix)) return type;
  return "application/octet-stream";
}

} // namespace http_file_server
