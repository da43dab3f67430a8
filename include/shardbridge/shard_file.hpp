#pragma once

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/file_ref.hpp>

#include <utility>

namespace shardbridge {

/** @brief An open file of code on a shard, see shard::open().
 *  @par Ownership     it owns the descriptor together with the operations on it. The last of them closes it, with
 *                     close(2), which may block the shard where something is left to be written: shard::close() does
 *                     not.
 *  @par Thread-safety none: it stays on one shard, and does not outlive it */
class shard_file {
 public:
  /// Not open.
  shard_file() noexcept = default;
  /// The other is not open any more.
  shard_file(shard_file&& other) noexcept = default;
  /// Gives up the file that it had. The other is not open any more.
  shard_file& operator=(shard_file&& other) noexcept {
    file_ = std::exchange(other.file_, {});
    return *this;
  }

  /// Whether there is a descriptor.
  [[nodiscard]] bool is_open() const noexcept { return file_ && file_->is_open(); }
  /// -1 if not open. It stays the file's.
  [[nodiscard]] int native_handle() const noexcept { return file_ ? file_->get() : -1; }

  /// For the library.
  explicit shard_file(detail::file_ref file) noexcept : file_(std::move(file)) {}
  /// For the library.
  [[nodiscard]] const detail::file_ref& file() const noexcept { return file_; }
  /// For the library.
  [[nodiscard]] detail::file_ref take() && noexcept { return std::move(file_); }

 private:
  detail::file_ref file_;
};

} // namespace shardbridge
