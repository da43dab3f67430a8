#include "byte_range.hpp"

#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace http_file_server {
namespace {

/// Nothing for what is no number. One too large for 64 bits is behind the end of any file, so the largest will do.
std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || end != digits.data() + digits.size()) return std::nullopt;
  return failed == std::errc::result_out_of_range ? UINT64_MAX : out;
}

} // namespace

byte_range choose_range(std::string_view field, std::uint64_t size) {
  using enum byte_range::kind;
  const byte_range all{.what = whole, .first = 0, .length = size};
  constexpr std::string_view unit = "bytes=";
  if (field.size() < unit.size() || !equal_ignoring_case(field.substr(0, unit.size()), unit)) return all;
  const std::string_view spec = trimmed(field.substr(unit.size()));
  const auto dash = spec.find('-');
  if (dash == spec.npos || spec.find(',') != spec.npos) return all;

  const auto first = number(spec.substr(0, dash));
  const auto last = number(spec.substr(dash + 1));
  if (dash == 0) { // the last bytes
    if (!last) return all;
    if (*last == 0 || size == 0) return {.what = unsatisfiable};
    const std::uint64_t length = std::min(*last, size);
    return {.what = part, .first = size - length, .length = length};
  }
  if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first)) return all;
  if (*first >= size) return {.what = unsatisfiable};
  return {.what = part, .first = *first, .length = std::min(last.value_or(UINT64_MAX), size - 1) - *first + 1};
}

} // namespace http_file_server
