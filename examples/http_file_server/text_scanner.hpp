#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace http_file_server {

/// Takes from the front of a text what is expected there; where that is something else, it takes nothing.
class text_scanner {
 public:
  explicit text_scanner(std::string_view text) noexcept : left_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }

  bool literal(std::string_view wanted) noexcept {
    if (!left_.starts_with(wanted)) return false;
    left_.remove_prefix(wanted.size());
    return true;
  }

  /// Exactly so many digits; the first may be a blank instead, where it is `padded`.
  bool number(std::size_t digits, int& out, bool padded = false) noexcept {
    if (left_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i != digits; ++i) {
      const char c = left_[i];
      const bool blank = padded && i == 0 && c == ' ';
      if (!blank && (c < '0' || c > '9')) return false;
      out = out * 10 + (blank ? 0 : c - '0');
    }
    left_.remove_prefix(digits);
    return true;
  }

  /// One of `names`, or of their first `letters`.
  template <std::size_t Count>
  bool name(const std::array<std::string_view, Count>& names, std::size_t letters, std::size_t& out) noexcept {
    for (out = 0; out != Count; ++out)
      if (literal(names[out].substr(0, letters))) return true;
    return false;
  }

 private:
  std::string_view left_;
};

} // namespace http_file_server
