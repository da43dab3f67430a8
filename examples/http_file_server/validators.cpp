#include "validators.hpp"

#include "http_date.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace http_file_server {
namespace {

/// Whether the list has the tag; weak ones in it count where `weak_too`.
bool has_tag(std::string_view list, std::string_view tag, bool weak_too) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    const bool weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    if (!list.starts_with('"')) { // between two tags
      list.remove_prefix(std::min<std::size_t>(1, list.size()));
      continue;
    }
    const auto end = list.find('"', 1);
    if (end == list.npos) return false;
    if (list.substr(0, end + 1) == tag && (weak_too || !weak)) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

} // namespace

std::string make_etag(std::uint64_t inode, std::uint64_t size, std::int64_t modified_ns) {
  std::array<char, 3 * 17 + 1> text{};
  char* end = text.data();
  char between = '"';
  for (const std::uint64_t part : {inode, size, static_cast<std::uint64_t>(modified_ns)}) {
    *end++ = std::exchange(between, '-');
    end = std::to_chars(end, text.data() + text.size(), part, 16).ptr;
  }
  *end++ = '"';
  return {text.data(), end};
}

condition_result evaluate(const conditions& given, const validators& file) {
  using enum condition_result;
  if (!given.if_match.empty()) {
    if (!has_tag(given.if_match, file.etag, false)) return failed;
  } else if (!given.if_unmodified_since.empty()) {
    const auto since = parse_http_date(given.if_unmodified_since, given.received);
    if (since && file.modified > *since) return failed;
  }
  if (!given.if_none_match.empty()) return has_tag(given.if_none_match, file.etag, true) ? not_modified : holds;
  if (!given.if_modified_since.empty()) {
    const auto since = parse_http_date(given.if_modified_since, given.received);
    if (since && file.modified <= *since) return not_modified;
  }
  return holds;
}

bool range_counts(const conditions& given, const validators& file) {
  if (given.if_range.empty()) return true;
  if (given.if_range.front() == '"') return given.if_range == file.etag;
  // In its own second the file may change again. Weak tags and anything else do not count.
  const auto date = parse_http_date(given.if_range, given.received);
  return date && *date == file.modified && *date < given.received;
}

} // namespace http_file_server
