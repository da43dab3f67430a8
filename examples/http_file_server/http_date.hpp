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

/// Of the form that http_date() writes, the only one that anybody sends; nothing for any other, and then conditions on
/// it do not hold.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

} // namespace http_file_server
