// What to answer: every decision about a response, made before a byte of the file is read.
#pragma once

#include "validators.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http_file_server {

enum class method { get, head, other };

/// What the response depends on, of the request.
struct request_facts {
  http_file_server::method method = method::get;
  std::string_view range{};
  http_file_server::conditions conditions{};
};

/// The same of the file that was found.
struct file_facts {
  std::uint64_t size = 0;
  http_file_server::validators validators{};
  std::string_view type{};
};

/// A response, whole but for the bytes of the file.
struct response_plan {
  unsigned status = 500;
  std::optional<file_facts> file{}; ///< whose validators the head tells
  std::uint64_t first = 0;          ///< of the file
  std::uint64_t length = 0;         ///< of the content, which a HEAD tells of but does not get
  bool send_file = false;           ///< `length` bytes of the file follow the head
  std::string content{};            ///< otherwise this does, unless `head_only`
  bool head_only = false;
  std::string_view content_type{};
  std::string location{};
  bool close = false;  ///< the connection, afterwards
  bool counted = true; ///< among the responses in the numbers
};

/// For a file that was opened.
[[nodiscard]] response_plan plan_file(const request_facts& request, file_facts file);

/// With a line of text for people; where no more follows, for a HEAD, without.
[[nodiscard]] response_plan plan_status(unsigned status, method asked);

/// For errno of an attempt to open a file.
[[nodiscard]] unsigned status_of_error(int error);

[[nodiscard]] std::string_view reason_of(unsigned status);

} // namespace http_file_server
