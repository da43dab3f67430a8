// The Range field (RFC 9110, section 14) of a request for one file.
#pragma once

#include <cstdint>
#include <string_view>

namespace http_file_server {

/// The bytes of a file that a response carries.
struct byte_range {
  enum class kind {
    whole,         ///< no range, or one that may be ignored: answer with the whole file
    part,          ///< answer with `length` bytes from `first`
    unsatisfiable, ///< none of them exist
  };
  kind what = kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  friend bool operator==(const byte_range&, const byte_range&) = default;
};

/// `field` is the value of Range, empty where there is none. More than one range is answered with the whole file, as
/// a server may: it spares the multipart format, and nobody can ask for the same bytes a thousand times.
[[nodiscard]] byte_range choose_range(std::string_view field, std::uint64_t size);

} // namespace http_file_server
