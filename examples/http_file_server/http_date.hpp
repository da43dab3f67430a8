// Times as HTTP writes them (RFC 9110, section 5.6.7), and as access logs do. Seconds since 1970, always UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http_file_server {

/// "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(std::int64_t seconds);

/// "06/Nov/1994:08:49:37 +0000".
[[nodiscard]] std::string log_date(std::int64_t seconds);

/// Of each of the three forms that a recipient must know, letter for letter; nothing for any other text, for a time
/// that does not exist or a weekday that is another one. `now` tells the century of the form that has two digits of a
/// year: the latest that is no more than 50 years ahead.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now);

} // namespace http_file_server
