#include "format.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace shardbridge::bench {

std::string format(const char* pattern, ...) {
  std::array<char, 512> text{};
  std::va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  return text.data();
}

std::string three_digits(double value) {
  return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
}

std::string count_text(unsigned count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::string rounds_text(unsigned rounds, double seconds) {
  return count_text(rounds, "round") + " of " + format("%g", seconds) + " s";
}

} // namespace shardbridge::bench
