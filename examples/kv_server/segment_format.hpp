// What a file of the log begins with, and what it is called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv_server {

/// It tells where the segment before ends, so that what is missing there is noticed.
struct segment_header {
  std::uint64_t number = 1;
  std::uint64_t shard = 0;
  std::uint64_t previous_end = 0;   ///< bytes of the segment before; 0: there was none
  std::uint64_t first_sequence = 1; ///< of its first record
};

inline constexpr std::size_t segment_header_bytes = 48;

[[nodiscard]] std::string write_segment_header(const segment_header& header);
/// None: it is not whole, or damaged, or of something else.
[[nodiscard]] std::optional<segment_header> read_segment_header(std::string_view from) noexcept;

/// "0000000042.log"
[[nodiscard]] std::string segment_name(std::uint64_t number);
/// The number of such a name; none: it is not one.
[[nodiscard]] std::optional<std::uint64_t> segment_number(std::string_view name) noexcept;

/// What a segment is called until it is one.
inline constexpr std::string_view next_segment_name = "next";

} // namespace kv_server
