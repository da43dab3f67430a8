#pragma once

#include "record.hpp"
#include "segment_format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kv_server {

/// Goes through the records of a segment that is in memory, up to the first that is not whole, damaged, or not in
/// sequence. What follows the last record of a whole segment is zeros.
class segment_scan {
 public:
  /// `bytes` outlives it, and what it gives. The header has been read from it.
  segment_scan(std::string_view bytes, const segment_header& header) noexcept
      : bytes_(bytes), sequence_(header.first_sequence) {}

  /// None: the last was given.
  [[nodiscard]] std::optional<record> next() noexcept {
    const auto found = read_record(bytes_.substr(end_));
    if (!found || found->sequence != sequence_) return std::nullopt;
    begin_ = end_;
    end_ += found->bytes();
    ++sequence_;
    return found;
  }

  /// Where the record that was given last begins.
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  /// Where it ends.
  [[nodiscard]] std::size_t end() const noexcept { return end_; }
  /// That the record behind it has.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return sequence_; }
  /// Whether there is nothing behind it.
  [[nodiscard]] bool clean() const noexcept {
    return std::ranges::all_of(bytes_.substr(end_), [](char c) { return c == '\0'; });
  }

 private:
  std::string_view bytes_;
  std::size_t begin_ = segment_header_bytes;
  std::size_t end_ = segment_header_bytes;
  std::uint64_t sequence_;
};

} // namespace kv_server
