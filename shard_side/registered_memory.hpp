// Which registered buffer of a ring a piece of memory lies in.
//
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <sys/uio.h>

namespace shardbridge::detail {

class registered_memory {
 public:
  /// The most that can be one buffer, and how many of them a ring takes (Linux 5.13).
  static constexpr std::size_t piece = std::size_t{1} << 30U;
  static constexpr std::size_t most_pieces = std::size_t{1} << 14U;

  /// The regions, cut into what can be registered; regions do not overlap.
  explicit registered_memory(const std::vector<std::span<std::byte>>& regions) {
    for (const std::span<std::byte> each : regions) {
      regions_.push_back({begin_of(each.data()), each.size(), static_cast<std::uint32_t>(pieces_.size())});
      for (std::size_t at = 0; at < each.size(); at += piece)
        pieces_.push_back({each.data() + at, std::min(piece, each.size() - at)});
    }
  }

  [[nodiscard]] const std::vector<iovec>& pieces() const noexcept { return pieces_; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    std::size_t out = 0;
    for (const region& each : regions_)
      out += each.bytes;
    return out;
  }

  /// The index of the one that it lies in as a whole.
  [[nodiscard]] std::optional<std::uint32_t> find(const iovec& memory) const noexcept {
    for (const region& each : regions_) {
      const std::uintptr_t at = begin_of(memory.iov_base) - each.begin; // wraps for what is before it
      if (at >= each.bytes || memory.iov_len > each.bytes - at) continue;
      if (memory.iov_len > 0 && at / piece != (at + memory.iov_len - 1) / piece) return std::nullopt;
      return each.first + static_cast<std::uint32_t>(at / piece);
    }
    return std::nullopt;
  }

 private:
  struct region {
    std::uintptr_t begin;
    std::size_t bytes;
    std::uint32_t first; ///< index of its first piece
  };

  static std::uintptr_t begin_of(const void* memory) noexcept { return std::bit_cast<std::uintptr_t>(memory); }

  std::vector<region> regions_;
  std::vector<iovec> pieces_;
};

} // namespace shardbridge::detail
