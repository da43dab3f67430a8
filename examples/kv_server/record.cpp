#include "record.hpp"

#include "little_endian.hpp"

#include <limits>

#include <xxhash.h>

namespace kv_server {
namespace {

constexpr std::uint32_t deleted = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t sequence_at = 8;
constexpr std::size_t key_bytes_at = 16;
constexpr std::size_t value_bytes_at = 20;

std::uint64_t checksum_of(const char* at, std::size_t bytes) noexcept {
  return XXH3_64bits(at + sequence_at, bytes - sequence_at);
}

} // namespace

void append_record(std::string& to, std::string_view key, std::optional<std::string_view> value) {
  to.append(key_bytes_at, '\0');
  append_number(to, static_cast<std::uint32_t>(key.size()));
  append_number(to, value ? static_cast<std::uint32_t>(value->size()) : deleted);
  to.append(key);
  if (value) to.append(*value);
}

void seal_record(char* at, std::size_t bytes, std::uint64_t sequence) noexcept {
  write_number(at + sequence_at, sequence);
  write_number(at, checksum_of(at, bytes));
}

std::size_t record_bytes_at(std::string_view from) noexcept {
  if (from.size() < record_header_bytes) return 0;
  const auto value_bytes = read_number<std::uint32_t>(from.data() + value_bytes_at);
  return record_header_bytes + read_number<std::uint32_t>(from.data() + key_bytes_at) +
         (value_bytes == deleted ? 0 : value_bytes);
}

std::optional<record> read_record(std::string_view from) noexcept {
  const std::size_t bytes = record_bytes_at(from);
  if (bytes == 0 || bytes > from.size()) return std::nullopt;
  if (read_number<std::uint64_t>(from.data()) != checksum_of(from.data(), bytes)) return std::nullopt;
  const std::size_t key_bytes = read_number<std::uint32_t>(from.data() + key_bytes_at);
  record out{.sequence = read_number<std::uint64_t>(from.data() + sequence_at),
             .key = from.substr(record_header_bytes, key_bytes)};
  if (read_number<std::uint32_t>(from.data() + value_bytes_at) != deleted)
    out.value = from.substr(record_header_bytes + key_bytes, bytes - record_header_bytes - key_bytes);
  return out;
}

} // namespace kv_server
