// Cuts the part of a file that a response carries into pieces to read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace http_file_server {

/// One read, and what of it is sent.
struct piece {
  std::uint64_t offset = 0;
  std::size_t length = 0; ///< to read; may reach behind the end of the file
  std::size_t skip = 0;   ///< bytes read only since reads must be aligned
  std::size_t bytes = 0;  ///< to send, behind them

  friend bool operator==(const piece&, const piece&) = default;
};

/// Pieces end at multiples of their size in the file, so that of a range of any offset only the first one and the last
/// one are cut.
class piece_cursor {
 public:
  /// `alignment` of offsets and lengths, 1 where there is none; a power of two, as `size` is, which is no smaller.
  piece_cursor(std::uint64_t first, std::uint64_t length, std::size_t size, std::size_t alignment) noexcept
      : at_(first), left_(length), size_(size), mask_(alignment - 1) {}

  [[nodiscard]] bool done() const noexcept { return left_ == 0; }

  /// Unless done().
  piece next() noexcept {
    piece out;
    out.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size_ - (at_ & (size_ - 1))));
    out.skip = static_cast<std::size_t>(at_ & mask_);
    out.offset = at_ - out.skip;
    out.length = (out.skip + out.bytes + mask_) & ~mask_;
    at_ += out.bytes;
    left_ -= out.bytes;
    return out;
  }

 private:
  std::uint64_t at_;
  std::uint64_t left_;
  std::size_t size_;
  std::size_t mask_;
};

} // namespace http_file_server
