#pragma once

#include <shardbridge/detail/arrivals.hpp>
#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/piece_list.hpp>

#include <cstddef>
#include <cstdint>

#include <sys/socket.h>

namespace shardbridge::detail {

/// A datagram socket of code on a shard, and what it has received that nobody took.
class datagram_core final : public arrivals {
 public:
  /// It keeps up to `most` datagrams.
  datagram_core(shard_runtime& on, file_ref socket, std::size_t most) noexcept;
  ~datagram_core() override;

  [[nodiscard]] bool empty() const noexcept override { return received_.empty(); }
  /// The oldest that was received; it is the caller's, who gives it back. There is one.
  received_piece& take() noexcept { return received_.pop_front(); }
  /// Those that came while it kept as many as it may.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  const file_ref file;

 private:
  bool keep(const arrival& what, bool waited) noexcept override;
  void drop(const arrival& what) noexcept override { runtime.give_back(*what.piece); }
  void drop_all() noexcept override;
  [[nodiscard]] multishot_fsm::end meaning_of_end() noexcept override;

  const std::size_t most_;
  std::uint64_t dropped_ = 0;
  piece_list received_;
  msghdr asked_{}; ///< how much of a buffer a sender's address gets
};

} // namespace shardbridge::detail
