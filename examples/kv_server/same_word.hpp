#pragma once

#include <algorithm>
#include <string_view>

namespace kv_server {

/// Whether a client's word is this one, which is in lower case.
[[nodiscard]] constexpr bool same_word(std::string_view lower, std::string_view word) noexcept {
  const auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); };
  return std::ranges::equal(lower, word, same);
}

} // namespace kv_server
