#include "request_target.hpp"

#include <cstddef>
#include <vector>

namespace http_file_server {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// False for what no file name may hold.
bool decode(std::string_view segment, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < segment.size(); ++i) {
    char c = segment[i];
    if (c == '%') {
      const int high = i + 1 < segment.size() ? hex_digit(segment[i + 1]) : -1;
      const int low = i + 2 < segment.size() ? hex_digit(segment[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0' || c == '/') return false;
    out.push_back(c);
  }
  return true;
}

} // namespace

std::string_view path_of_target(std::string_view target) {
  if (const std::size_t scheme = target.find("://"); scheme != target.npos && target.front() != '/') {
    const std::size_t path = target.find('/', scheme + 3);
    target = path == target.npos ? std::string_view("/") : target.substr(path);
  }
  return target.substr(0, target.find_first_of("?#"));
}

std::optional<target_path> resolve_target(std::string_view target) {
  std::string_view rest = path_of_target(target);
  if (rest.empty() || rest.front() != '/') return std::nullopt;

  target_path out;
  std::vector<std::size_t> begins; // of the segments in out.path
  std::string segment;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = rest.find('/');
    if (!decode(rest.substr(0, end), segment)) return std::nullopt;
    rest = end == rest.npos ? std::string_view() : rest.substr(end);

    out.folder = segment.empty() || segment == "." || segment == "..";
    if (segment == "..") {
      if (begins.empty()) return std::nullopt;
      out.path.resize(begins.back());
      begins.pop_back();
    } else if (!out.folder) {
      begins.push_back(out.path.size());
      if (!out.path.empty()) out.path.push_back('/');
      out.path += segment;
    }
  }
  if (out.path.empty()) out.path = ".";
  return out;
}

std::string location_of_folder(std::string_view path) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=:@";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "/";
  for (const char c : path) {
    if (plain.find(c) != plain.npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
  }
  return out += '/';
}

} // namespace http_file_server
