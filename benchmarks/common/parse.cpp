#include "parse.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace shardbridge::bench {
namespace {

[[noreturn]] void refuse(std::string_view option, std::string_view text, const std::string& why) {
  throw bad_input(std::string(option) + " '" + std::string(text) + "' " + why);
}

struct number_and_unit {
  std::uint64_t number;
  std::string_view unit;
};

number_and_unit split_unit(std::string_view option, std::string_view text, const char* expected) {
  if (text.starts_with('-')) refuse(option, text, "must not be negative");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) refuse(option, text, "is too large");
  if (error != std::errc{}) refuse(option, text, std::string("is not ") + expected);
  return {number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

} // namespace

std::uint64_t parse_count(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto [number, rest] = split_unit(option, text, "a whole number");
  if (!rest.empty()) refuse(option, text, "is not a whole number");
  if (number < least) refuse(option, text, "must be at least " + std::to_string(least));
  if (number > most) refuse(option, text, "must be at most " + std::to_string(most));
  return number;
}

std::uint64_t parse_size(std::string_view option, std::string_view text) {
  const char* expected = "a size such as 4096, 4K, 512M or 2G";
  const auto [number, suffix] = split_unit(option, text, expected);
  std::string unit = lower(suffix);
  if (unit.ends_with("ib"))
    unit.resize(unit.size() - 2);
  else if (unit.ends_with('b'))
    unit.resize(unit.size() - 1);
  unsigned shift = 0;
  if (!unit.empty()) {
    constexpr std::string_view units = "kmgt";
    const auto at = units.find(unit);
    if (unit.size() != 1 || at == units.npos) refuse(option, text, std::string("is not ") + expected);
    shift = 10 * static_cast<unsigned>(at + 1);
  }
  // Offsets are signed in the kernel's interface.
  if (number > (static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) >> shift))
    refuse(option, text, "is too large");
  if (number == 0) refuse(option, text, "must be more than 0");
  return number << shift;
}

std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text) {
  const auto [number, suffix] = split_unit(option, text, "a duration such as 500us, 50ms or 2s");
  const std::string unit = lower(suffix);
  struct scale {
    std::string_view name;
    std::uint64_t nanoseconds;
  };
  constexpr std::array scales{scale{"ns", 1}, scale{"us", 1'000}, scale{"ms", 1'000'000}, scale{"s", 1'000'000'000},
                              scale{"m", 60'000'000'000}};
  const auto found = std::ranges::find(scales, unit, &scale::name);
  if (found == scales.end()) refuse(option, text, "is not a duration such as 500us, 50ms or 2s");
  if (number == 0) refuse(option, text, "must be more than 0");
  constexpr std::uint64_t day = 86'400'000'000'000;
  if (number > day / found->nanoseconds) refuse(option, text, "is more than a day");
  return std::chrono::nanoseconds(number * found->nanoseconds);
}

double parse_seconds(std::string_view option, std::string_view text) {
  std::string_view digits = text;
  double factor = 1;
  if (digits.ends_with("ms")) {
    digits.remove_suffix(2);
    factor = 1e-3;
  } else if (digits.ends_with('s')) {
    digits.remove_suffix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(number))
    refuse(option, text, "is not a number of seconds");
  number *= factor;
  if (number <= 0) refuse(option, text, "must be more than 0");
  if (number > 86'400) refuse(option, text, "is more than a day");
  return number;
}

std::vector<std::string> split_list(std::string_view option, std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const auto comma = text.find(',', begin);
    const auto part = text.substr(begin, comma - begin);
    if (part.empty()) refuse(option, text, "has an empty entry");
    parts.emplace_back(part);
    if (comma == text.npos) return parts;
    begin = comma + 1;
  }
}

std::vector<unsigned> parse_counts(std::string_view option, std::string_view text, unsigned most) {
  std::vector<unsigned> counts;
  for (const auto& part : split_list(option, text)) {
    const auto count = static_cast<unsigned>(parse_count(option, part, 1, most));
    if (std::ranges::find(counts, count) == counts.end()) counts.push_back(count);
  }
  return counts;
}

std::vector<std::uint64_t> parse_sizes(std::string_view option, std::string_view text) {
  std::vector<std::uint64_t> sizes;
  for (const auto& part : split_list(option, text)) {
    const std::uint64_t size = parse_size(option, part);
    if (std::ranges::find(sizes, size) == sizes.end()) sizes.push_back(size);
  }
  return sizes;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 && value != std::floor(value) ? "%.1f %s" : "%.0f %s", value,
                units[unit]);
  return text.data();
}

} // namespace shardbridge::bench
