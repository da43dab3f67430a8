// A transfer of a direct file that is not aligned, made by way of a buffer that is: what the kernel is asked for
// instead, and how the bytes get between that buffer and the user's.
#pragma once

#include <shardbridge/detail/operation.hpp>
#include <shardbridge/owned_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include <sys/uio.h>

namespace shardbridge::detail {

/// A part of a file whose both ends are aligned, around the beginning of what was asked for.
struct bounce_range {
  std::uint64_t offset;
  std::uint64_t length;
  std::uint64_t skip;   ///< bytes of it before what was asked for
  std::uint64_t wanted; ///< how many were asked for, as far as `largest` allows

  /// Nothing: a write that would have to read what is around it first, which another could change meanwhile.
  /// `alignment` is a power of two, `bytes` positive, `largest` at least `alignment` and a multiple of it.
  static std::optional<bounce_range> around(op_code code, std::uint64_t offset, std::uint64_t bytes,
                                            std::uint64_t alignment, std::uint64_t largest) noexcept {
    const std::uint64_t skip = offset % alignment;
    if (code == op_code::write && (skip != 0 || bytes % alignment != 0)) return std::nullopt;
    const std::uint64_t room = largest - skip;
    const std::uint64_t wanted = std::min(bytes, room);
    const std::uint64_t length = (skip + wanted + alignment - 1) / alignment * alignment;
    return bounce_range{offset - skip, length, skip, wanted};
  }
};

class bounce {
 public:
  /// `buffer` has the length of the range.
  bounce(op_code code, const bounce_range& range, owned_buffer buffer, std::span<const iovec> user)
      : range_(range), buffer_(std::move(buffer)), whole_{buffer_.data(), buffer_.size()} {
    if (code == op_code::write) copy(user, range_.wanted, true);
  }

  [[nodiscard]] std::uint64_t offset() const noexcept { return range_.offset; }
  [[nodiscard]] iovec& whole() noexcept { return whole_; }
  [[nodiscard]] owned_buffer& buffer() noexcept { return buffer_; }

  /// What the user is told of `moved` bytes of the range.
  [[nodiscard]] std::uint64_t told(std::uint64_t moved) const noexcept {
    return std::min(std::max(moved, range_.skip) - range_.skip, range_.wanted);
  }
  /// Gives the user the first `bytes` that were asked for.
  void copy_out(std::span<const iovec> user, std::uint64_t bytes) noexcept { copy(user, bytes, false); }

  /// The result of the range's transfer becomes that of the one asked for.
  void finish(op_code code, op_result& result, std::span<const iovec> user) noexcept {
    result.value = told(result.value);
    if (code != op_code::read) return;
    if (buffer_) copy_out(user, result.value);
    if (result.kind == result_kind::success && result.value == 0) result.kind = result_kind::end_of_file;
  }

 private:
  void copy(std::span<const iovec> user, std::uint64_t bytes, bool in) noexcept {
    std::byte* at = buffer_.data() + range_.skip;
    for (const iovec& each : user) {
      if (bytes == 0) return;
      const std::size_t step = std::min<std::uint64_t>(bytes, each.iov_len);
      std::memcpy(in ? at : each.iov_base, in ? each.iov_base : at, step);
      at += step;
      bytes -= step;
    }
  }

  const bounce_range range_;
  owned_buffer buffer_;
  iovec whole_;
};

} // namespace shardbridge::detail
