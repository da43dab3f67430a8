#pragma once

#include <cctype>
#include <string_view>

namespace kv_server {

/// Whether a name matches a pattern with * and ?, whatever the case.
[[nodiscard]] inline bool glob_match(std::string_view pattern, std::string_view name) noexcept {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::size_t star = pattern.npos, retry = 0, p = 0, n = 0;
  while (n != name.size()) {
    if (p != pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p != pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(name[n]))) {
      ++p;
      ++n;
    } else if (star != pattern.npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  while (p != pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

} // namespace kv_server
