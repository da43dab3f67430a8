#pragma once

#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/basic_file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <unistd.h>

namespace shardbridge {

/// A file read and written from where the last transfer ended, through a bridge. Models Asio's AsyncReadStream,
/// AsyncWriteStream, SyncReadStream and SyncWriteStream, so `boost::asio::async_read`, `async_read_until` and
/// `async_write` work on it. A pipe, a socket or a terminal that is assigned has no position.
///
/// One transfer may be outstanding at a time, as on any stream of Asio. The position is the object's own, not the
/// descriptor's: it begins at 0, or where an assigned descriptor is, and moves by what a transfer reports to have
/// moved, whether it succeeded, failed, expired or was cancelled; behind a write to a file opened with `append` it is
/// the end of the file.
///
/// What basic_file says of deadlines, capacity, executors, cancellation, errors and threads holds for all operations.
template <class Executor = boost::asio::any_io_executor>
class basic_stream_file : public basic_file<Executor> {
  using base = basic_file<Executor>;

 public:
  /// For Asio: the type of such a file with handlers on an executor of another type.
  template <class Other>
  struct rebind_executor {
    /// That type.
    using other = basic_stream_file<Other>;
  };

  /// Not open. The bridge's executor must convert to `Executor`.
  template <class BridgeExecutor>
  explicit basic_stream_file(basic_bridge<BridgeExecutor>& on) : base(on.impl()) {}
  /// For the library.
  template <class BridgeExecutor>
  explicit basic_stream_file(const std::shared_ptr<detail::bridge_impl<BridgeExecutor>>& on) : base(on) {}

  /// Opened on the calling thread. Throws `boost::system::system_error`.
  template <class BridgeExecutor>
  basic_stream_file(basic_bridge<BridgeExecutor>& on, const std::string& path, open_flags how) : base(on.impl()) {
    this->open(path, how);
  }
  /// Takes over a descriptor, as assign(). Throws `boost::system::system_error`.
  template <class BridgeExecutor>
  basic_stream_file(basic_bridge<BridgeExecutor>& on, int native) : base(on.impl()) {
    this->assign(native);
  }

  /// Moves the position, on the calling thread; no transfer may be outstanding. Returns it, in bytes from the
  /// beginning. Errors: EINVAL before the beginning, ESPIPE without a position, those of fstat(2).
  std::uint64_t seek(std::int64_t offset, file_base::seek_basis whence) {
    boost::system::error_code failed;
    const std::uint64_t out = seek(offset, whence, failed);
    this->throw_if(failed, "seek");
    return out;
  }
  /// The same with the error in `failed`, where the position stays and 0 is returned.
  std::uint64_t seek(std::int64_t offset, file_base::seek_basis whence, boost::system::error_code& failed) {
    std::uint64_t position = 0;
    const detail::file_ref& file = this->file();
    failed = this->code_of(file ? detail::seek_now(*file, offset, whence_of(whence), position) : EBADF);
    return position;
  }

  /// Reads on the calling thread, once: at most as much as `buffers` hold. Errors: `boost::asio::error::eof`,
  /// `errc::misaligned`, those of readv(2).
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers) {
    boost::system::error_code failed;
    const std::size_t out = read_some(buffers, failed);
    this->throw_if(failed, "read_some");
    return out;
  }
  /// The same with the error in `failed`.
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers, boost::system::error_code& failed) {
    return this->stream_now(detail::op_code::read, buffers, failed);
  }
  /// Writes on the calling thread, once. Errors: `errc::misaligned`, those of writev(2).
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers) {
    boost::system::error_code failed;
    const std::size_t out = write_some(buffers, failed);
    this->throw_if(failed, "write_some");
    return out;
  }
  /// The same with the error in `failed`.
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers, boost::system::error_code& failed) {
    return this->stream_now(detail::op_code::write, buffers, failed);
  }

  /** @brief Reads from the position into `buffers` until they are full or the file ends.
   *  @par Buffers and units, Deadline and Errors  as basic_random_access_file::async_read_some_at()
   *  @par Handler signature                       void(error_code, std::size_t bytes_transferred) */
  template <class MutableBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  auto async_read_some(const MutableBufferSequence& buffers, Token&& token = Token()) {
    return async_read_some(buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class MutableBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  auto async_read_some(const MutableBufferSequence& buffers, const op_options& options, Token&& token = Token()) {
    return this->stream(detail::op_code::read, buffers, options, std::forward<Token>(token));
  }

  /** @brief Writes `buffers` at the position.
   *  @par Buffers and units, Deadline and Errors  as basic_random_access_file::async_write_some_at()
   *  @par Handler signature                       void(error_code, std::size_t bytes_transferred) */
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_some(const ConstBufferSequence& buffers, Token&& token = Token()) {
    return async_write_some(buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_some(const ConstBufferSequence& buffers, const op_options& options, Token&& token = Token()) {
    return this->stream(detail::op_code::write, buffers, options, std::forward<Token>(token));
  }

 private:
  static int whence_of(file_base::seek_basis basis) noexcept {
    if (basis == file_base::seek_end) return SEEK_END;
    return basis == file_base::seek_cur ? SEEK_CUR : SEEK_SET;
  }
};

template <class Executor>
basic_stream_file(basic_bridge<Executor>&) -> basic_stream_file<Executor>;
template <class Executor>
basic_stream_file(basic_bridge<Executor>&, const std::string&, open_flags) -> basic_stream_file<Executor>;
template <class Executor>
basic_stream_file(basic_bridge<Executor>&, int) -> basic_stream_file<Executor>;

/// With handlers on any executor of Asio's.
using stream_file = basic_stream_file<>;

} // namespace shardbridge
