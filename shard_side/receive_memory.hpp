#pragma once

#include <shardbridge/detail/arrival.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardbridge::detail {

/// Buffers of a driver into which sockets receive, and what was received into them. On pages of their own, which take
/// no room before they are used.
class receive_memory {
 public:
  /// So many buffers of so many bytes each; 0: none.
  receive_memory(std::uint16_t count, std::size_t bytes);
  ~receive_memory();
  receive_memory(const receive_memory&) = delete;
  receive_memory& operator=(const receive_memory&) = delete;

  /// An errno: there is none.
  [[nodiscard]] int error() const noexcept { return error_; }
  [[nodiscard]] std::byte* at(std::uint16_t buffer) const noexcept { return memory_ + buffer * bytes_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint16_t size() const noexcept { return count_; }

  /// `what.buffer` is lent until it is taken back.
  received_piece& lend(const received_piece& what) noexcept {
    ++lent_;
    return pieces_[what.buffer] = what;
  }
  [[nodiscard]] received_piece& lent_piece(std::uint16_t buffer) noexcept { return pieces_[buffer]; }
  void take_back() noexcept { --lent_; }
  [[nodiscard]] std::size_t lent() const noexcept { return lent_; }

 private:
  const std::uint16_t count_;
  const std::size_t bytes_;
  std::byte* memory_ = nullptr;
  std::vector<received_piece> pieces_; ///< by buffer
  std::size_t lent_ = 0;
  int error_ = 0;
};

} // namespace shardbridge::detail
