// From the target of a request line to a path below the root.
//
// Lexical alone: whoever opens the path must still not follow links out of the root, see beneath.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace http_file_server {

/// What a target asks for; `path` is relative, without "." and "..", and "." for the root itself.
struct target_path {
  std::string path;
  bool folder = false; ///< it ends with a slash
};

/// Nothing for what names no file: no path, a bad escape, a NUL, or a ".." that leads above the root. An escaped slash
/// is refused too, since it would be a separator to the file system though it is none in the URL.
[[nodiscard]] std::optional<target_path> resolve_target(std::string_view target);

/// The path of a target without its query, still encoded. A target in absolute form ("http://host/path") gives its
/// path.
[[nodiscard]] std::string_view path_of_target(std::string_view target);

/// A path as resolve_target() gives it, in a form for the Location field: absolute and encoded, with a slash at the
/// end. Made anew rather than taken from the request, where "//host" would lead to another server.
[[nodiscard]] std::string location_of_folder(std::string_view path);

} // namespace http_file_server
