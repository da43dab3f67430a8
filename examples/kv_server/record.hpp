// An entry of the log: what a key was set to, or that it was deleted.
//
// 24 bytes of header, then the key, then the value:
//   checksum  8  XXH3 of all that follows it
//   sequence  8  one more than that of the record before
//   key       4  its bytes
//   value     4  its bytes; all ones: the key was deleted
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv_server {

inline constexpr std::size_t record_header_bytes = 24;

struct record {
  std::uint64_t sequence = 0;
  std::string_view key{};
  std::optional<std::string_view> value{}; ///< none: deleted

  [[nodiscard]] std::size_t bytes() const noexcept {
    return record_header_bytes + key.size() + (value ? value->size() : 0);
  }
};

/// Appends a record that has no sequence yet. Key and value are below 4 GiB - 1.
void append_record(std::string& to, std::string_view key, std::optional<std::string_view> value);
/// Gives the record of so many bytes its sequence and checksum.
void seal_record(char* at, std::size_t bytes, std::uint64_t sequence) noexcept;

/// How many bytes the record is to have that begins here, by its header alone, which may be damaged; 0: there is no
/// whole header.
[[nodiscard]] std::size_t record_bytes_at(std::string_view from) noexcept;
/// The record that `from` begins with, as views of it; none: it is not whole, or damaged.
[[nodiscard]] std::optional<record> read_record(std::string_view from) noexcept;

} // namespace kv_server
