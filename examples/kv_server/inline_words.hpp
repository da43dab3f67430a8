#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

/// The words of a line that somebody has typed: divided by blanks, in quotes where they have some; in double quotes \n,
/// \r, \t, \b, \a and \xff mean what they do in C. None: a quote does not end, or something but a blank follows it.
[[nodiscard]] std::optional<std::vector<std::string>> inline_words(std::string_view line);

} // namespace kv_server
