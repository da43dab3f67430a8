// Where a request leads: what is decided about it before and after its file is opened.
#pragma once

#include "open_beneath.hpp"
#include "request.hpp"

#include <cstddef>
#include <string>

namespace http_file_server {

struct route {
  enum class kind {
    refused, ///< with `status`
    metrics, ///< the page of numbers
    file,    ///< at `file`
  };
  kind to = kind::refused;
  unsigned status = 400;
  std::string file{};        ///< below the root
  bool folder_index = false; ///< `file` is that of a folder, which was asked for by its slash
};

/// Without the file system.
[[nodiscard]] route route_of(const request& asked);

/// `found`: what was opened at `to.file`.
[[nodiscard]] response_plan plan_opened(const request& asked, const route& to, const opened_file& found);

/// Whether the connection ends behind the response: bodies are not read, and a client that sends request after request
/// without waiting has had as many as it may.
[[nodiscard]] bool closes_behind(const request& asked, std::size_t pipelined, std::size_t max_pipelined);

/// As the access log shows it; the version is one of the two that are spoken.
[[nodiscard]] std::string request_line(const request& asked);

} // namespace http_file_server
