// Validators of a file, and the conditions that requests put on them (RFC 9110, section 13).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace http_file_server {

/// What tells one state of a file from another.
struct validators {
  std::string etag; ///< with its quotes
  std::int64_t modified = 0;
};

/// Strong: a write changes the time of modification, to the nanosecond, and a replaced file has another inode.
[[nodiscard]] std::string make_etag(std::uint64_t inode, std::uint64_t size, std::int64_t modified_ns);

/// The fields as they came, empty where there are none. One that came twice is not a date.
struct conditions {
  std::int64_t received = 0; ///< when, in seconds since 1970
  std::string_view if_match{};
  std::string_view if_none_match{};
  std::string_view if_modified_since{};
  std::string_view if_unmodified_since{};
  std::string_view if_range{};
};

enum class condition_result {
  holds,
  not_modified, ///< 304
  failed,       ///< 412
};

/// In the order of section 13.2.2, for a GET or HEAD.
[[nodiscard]] condition_result evaluate(const conditions& given, const validators& file);

/// Whether If-Range lets a Range count: only if it is exactly that of the file, as a strong validator. A date is one
/// for clients that were told it at least a second later (section 8.8.2.2).
[[nodiscard]] bool range_counts(const conditions& given, const validators& file);

} // namespace http_file_server
