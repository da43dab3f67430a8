#pragma once

#include <shard_side/receive_memory.hpp>

#include <liburing.h>

#include <cstddef>
#include <cstdint>

namespace shardbridge::detail {

/// Memory of one ring that the kernel receives into, as much as there is: it picks a buffer when something has come, so
/// that what waits needs none (io_uring_register_buf_ring(3), Linux 5.19).
class provided_buffers {
 public:
  /// So many buffers of so many bytes each: a power of two, at most 32768; 0: none.
  /// They last longer than what receives into them.
  provided_buffers(io_uring& with, std::uint16_t count, std::size_t bytes);
  ~provided_buffers();
  provided_buffers(const provided_buffers&) = delete;
  provided_buffers& operator=(const provided_buffers&) = delete;

  /// An errno: there are none.
  [[nodiscard]] int error() const noexcept { return error_; }

  /// Has a staged receive take them.
  static void use(io_uring_sqe* sqe) noexcept;

  /// The kernel has filled so many bytes of a buffer, which is not its any more until give_back().
  [[nodiscard]] received_piece& piece(std::uint16_t buffer, std::size_t bytes) noexcept;
  /// The same, of a datagram and its sender.
  [[nodiscard]] received_piece& datagram(std::uint16_t buffer, std::size_t bytes, const msghdr& asked) noexcept;
  void give_back(std::uint16_t buffer) noexcept {
    add(buffer);
    memory_.take_back();
  }
  [[nodiscard]] std::size_t size() const noexcept { return memory_.size(); }
  /// Filled, and not given back.
  [[nodiscard]] std::size_t lent() const noexcept { return memory_.lent(); }

 private:
  void add(std::uint16_t buffer) noexcept;
  [[nodiscard]] std::size_t size_of_ring() const noexcept { return memory_.size() * sizeof(io_uring_buf); }

  receive_memory memory_;
  io_uring_buf_ring* free_ = nullptr;
  int error_ = 0;
};

} // namespace shardbridge::detail
