#pragma once

#include <shardbridge/detail/arrivals.hpp>
#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/piece_list.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/uio.h>

namespace shardbridge::detail {

/// A connected stream socket of code on a shard: what it has received that nobody took, and which of its halves still
/// work.
class stream_core final : public arrivals {
 public:
  stream_core(shard_runtime& on, file_ref socket) noexcept;
  ~stream_core() override;

  [[nodiscard]] bool empty() const noexcept override { return received_.empty(); }
  /// The oldest that was received; it is the caller's, who gives it back. There is some.
  received_piece& take() noexcept { return received_.pop_front(); }
  /// Moves what was received, as much as there is room for. Returns the bytes.
  std::size_t take_into(std::span<const iovec> room) noexcept;

  void abandon() noexcept override;

  /// A receive has failed or was cancelled in the kernel: how much of the stream is gone nobody knows.
  void break_receiving() noexcept;
  /// The same of a send.
  void break_sending() noexcept;
  /// Success: it works.
  [[nodiscard]] const op_result& sending() const noexcept { return sending_; }

  const file_ref file;
  bool sends = false;         ///< a send is under way
  std::uint32_t receives = 0; ///< into memory of callers, under way

 private:
  bool keep(const arrival& what, bool waited) noexcept override;
  void drop(const arrival& what) noexcept override { runtime.give_back(*what.piece); }
  void drop_all() noexcept override;
  void break_off(const op_result& why) noexcept;
  [[nodiscard]] multishot_fsm::end meaning_of_end() noexcept override;

  piece_list received_;
  op_result sending_{};
};

} // namespace shardbridge::detail
