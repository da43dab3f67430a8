#include "segment_format.hpp"

#include "little_endian.hpp"

#include <charconv>

#include <xxhash.h>

namespace kv_server {
namespace {

constexpr std::string_view magic = "SBKVLOG1";
constexpr std::string_view ending = ".log";
constexpr std::size_t digits = 10;
constexpr std::size_t checked_at = 16; // behind magic and checksum

std::uint64_t checksum_of(std::string_view header) noexcept {
  return XXH3_64bits(header.data() + checked_at, segment_header_bytes - checked_at);
}

} // namespace

std::string write_segment_header(const segment_header& header) {
  std::string out(magic);
  append_number(out, std::uint64_t{0});
  append_number(out, header.number);
  append_number(out, header.shard);
  append_number(out, header.previous_end);
  append_number(out, header.first_sequence);
  write_number(out.data() + magic.size(), checksum_of(out));
  return out;
}

std::optional<segment_header> read_segment_header(std::string_view from) noexcept {
  if (from.size() < segment_header_bytes || !from.starts_with(magic)) return std::nullopt;
  if (read_number<std::uint64_t>(from.data() + magic.size()) != checksum_of(from)) return std::nullopt;
  const char* at = from.data() + checked_at;
  return segment_header{.number = read_number<std::uint64_t>(at),
                        .shard = read_number<std::uint64_t>(at + 8),
                        .previous_end = read_number<std::uint64_t>(at + 16),
                        .first_sequence = read_number<std::uint64_t>(at + 24)};
}

std::string segment_name(std::uint64_t number) {
  const std::string text = std::to_string(number);
  return std::string(text.size() < digits ? digits - text.size() : 0, '0').append(text).append(ending);
}

std::optional<std::uint64_t> segment_number(std::string_view name) noexcept {
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), out);
  if (failed != std::errc() || end != name.data() + name.size() || name.size() < digits) return std::nullopt;
  return out;
}

} // namespace kv_server
