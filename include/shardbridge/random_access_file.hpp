#pragma once

#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/basic_file.hpp>

namespace shardbridge {

/// A file read and written at offsets, through a bridge. Models Asio's AsyncRandomAccessReadDevice and
/// AsyncRandomAccessWriteDevice and their synchronous kin, so `boost::asio::async_read_at`, `async_write_at`, `read_at`
/// and `write_at` work on it.
///
/// Any number of operations may be outstanding on one file, in any order. It shares the bridge's core, which therefore
/// outlives it. Destroying it cancels what is outstanding; buffers are released when the handlers run, as always.
///
/// What basic_file says of deadlines, capacity, executors, cancellation, errors and threads holds for all operations.
template <class Executor = boost::asio::any_io_executor>
class basic_random_access_file : public basic_file<Executor> {
  using base = basic_file<Executor>;

 public:
  /// For Asio: the type of such a file with handlers on an executor of another type.
  template <class Other>
  struct rebind_executor {
    /// That type.
    using other = basic_random_access_file<Other>;
  };

  /// Not open. The bridge's executor must convert to `Executor`.
  template <class BridgeExecutor>
  explicit basic_random_access_file(basic_bridge<BridgeExecutor>& on) : base(on.impl()) {}
  /// For the library.
  template <class BridgeExecutor>
  explicit basic_random_access_file(const std::shared_ptr<detail::bridge_impl<BridgeExecutor>>& on) : base(on) {}

  /// Opened on the calling thread. Throws `boost::system::system_error`.
  template <class BridgeExecutor>
  basic_random_access_file(basic_bridge<BridgeExecutor>& on, const std::string& path, open_flags how)
      : base(on.impl()) {
    this->open(path, how);
  }
  /// Takes over a descriptor, as assign(). Throws `boost::system::system_error`.
  template <class BridgeExecutor>
  basic_random_access_file(basic_bridge<BridgeExecutor>& on, int native) : base(on.impl()) {
    this->assign(native);
  }

  /// Reads on the calling thread, once: at most as much as `buffers` hold. Errors: `boost::asio::error::eof`,
  /// `errc::misaligned`, those of preadv(2).
  template <class MutableBufferSequence>
  std::size_t read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers) {
    boost::system::error_code failed;
    const std::size_t out = read_some_at(offset, buffers, failed);
    this->throw_if(failed, "read_some_at");
    return out;
  }
  /// The same with the error in `failed`.
  template <class MutableBufferSequence>
  std::size_t read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers,
                           boost::system::error_code& failed) {
    return this->transfer_now(detail::op_code::read, offset, buffers, failed);
  }
  /// Writes on the calling thread, once. Errors: `errc::misaligned`, those of pwritev(2).
  template <class ConstBufferSequence>
  std::size_t write_some_at(std::uint64_t offset, const ConstBufferSequence& buffers) {
    boost::system::error_code failed;
    const std::size_t out = write_some_at(offset, buffers, failed);
    this->throw_if(failed, "write_some_at");
    return out;
  }
  /// The same with the error in `failed`.
  template <class ConstBufferSequence>
  std::size_t write_some_at(std::uint64_t offset, const ConstBufferSequence& buffers,
                            boost::system::error_code& failed) {
    return this->transfer_now(detail::op_code::write, offset, buffers, failed);
  }

  /** @brief Reads from `offset` into `buffers` until they are full or the file ends.
   *  On a regular file short reads of the kernel are continued; on others the first result counts.
   *  @par Buffers and units   bytes; the memory stays the caller's and must live until the handler runs. On a `direct`
   *                           file offset, addresses and lengths must be aligned.
   *  @par Handler signature   void(error_code, std::size_t bytes_transferred)
   *  @par Deadline            the handler runs after the kernel has let go of the buffers, so a read that is stuck at a
   *                           device is answered late, with `errc::expired_in_flight` or, if it succeeded, its data.
   *  @par Errors              `boost::asio::error::eof` if `offset` is at or behind the end; `errc::misaligned`; those
   *                           of basic_file. With an error, bytes_transferred tells how much was read before it. */
  template <class MutableBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  auto async_read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers, Token&& token = Token()) {
    return async_read_some_at(offset, buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class MutableBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  auto async_read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers, const op_options& options,
                          Token&& token = Token()) {
    return this->transfer(detail::op_code::read, offset, buffers, options, std::forward<Token>(token));
  }

  /** @brief Reads from `offset` into a buffer that goes along with the operation, up to its size().
   *  @par Buffers and units   bytes; the operation owns the buffer and hands it to the handler, with every error but
   *                           the one below. Its size() stays; bytes_transferred tells how much of it was read.
   *  @par Handler signature   void(error_code, std::size_t bytes_transferred, owned_buffer)
   *  @par Deadline            the handler runs at the deadline even if a device is stuck. If the kernel has not let go
   *                           of the buffer, the handler is given an empty one, and the buffer goes back to its pool
   *                           when it has.
   *  @par Capacity            as for the others, until the handler runs: a buffer that a device holds on to counts
   *                           against its pool and a slot of the shard
   *  @par Errors              as for async_read_some_at() with a caller's buffers; `errc::stopped` with an empty buffer
   *                           if a stopped group did not wait any longer */
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_read_some_at(std::uint64_t offset, owned_buffer buffer, Token&& token = Token()) {
    return async_read_some_at(offset, std::move(buffer), detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_read_some_at(std::uint64_t offset, owned_buffer buffer, const op_options& options,
                          Token&& token = Token()) {
    return this->transfer(detail::op_code::read, offset, std::move(buffer), options, std::forward<Token>(token));
  }

  /** @brief Writes `buffers` at `offset`.
   *  On a regular file short writes of the kernel are continued.
   *  @par Buffers and units   as for async_read_some_at()
   *  @par Handler signature   void(error_code, std::size_t bytes_transferred)
   *  @par Deadline            as for async_read_some_at(); after `errc::expired_in_flight` the bytes may have been
   *                           written
   *  @par Errors              `errc::misaligned`, `errc::outcome_unknown`; those of basic_file */
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_some_at(std::uint64_t offset, const ConstBufferSequence& buffers, Token&& token = Token()) {
    return async_write_some_at(offset, buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_some_at(std::uint64_t offset, const ConstBufferSequence& buffers, const op_options& options,
                           Token&& token = Token()) {
    return this->transfer(detail::op_code::write, offset, buffers, options, std::forward<Token>(token));
  }

  /** @brief Writes the size() bytes of a buffer that goes along with the operation at `offset`.
   *  @par Buffers and units   as for async_read_some_at() with an owned buffer
   *  @par Handler signature   void(error_code, std::size_t bytes_transferred, owned_buffer)
   *  @par Deadline            likewise; after `errc::expired_in_flight` the bytes may have been written, or may be
   *                           later
   *  @par Errors              as for async_write_some_at() with a caller's buffers; `errc::outcome_unknown` with an
   *                           empty buffer if a stopped group did not wait any longer */
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_write_some_at(std::uint64_t offset, owned_buffer buffer, Token&& token = Token()) {
    return async_write_some_at(offset, std::move(buffer), detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_write_some_at(std::uint64_t offset, owned_buffer buffer, const op_options& options,
                           Token&& token = Token()) {
    return this->transfer(detail::op_code::write, offset, std::move(buffer), options, std::forward<Token>(token));
  }

  /** @brief Writes all of `buffers` at `offset`, and makes it durable as async_sync_all() does, in one submission.
   *  The kernel goes on to the sync by itself (IOSQE_IO_LINK), once all is written. It is one operation, with one
   *  permit.
   *  @par Buffers and units   as for async_write_some_at()
   *  @par Handler signature   void(error_code, synced_write), the error being that of the write or, if all is written,
   *                           that of the sync. The synced_write tells of each.
   *  @par Deadline            one for both. As for async_write_some_at() as long as it writes; a sync that is too slow
   *                           is not waited for.
   *  @par Errors              as for async_write_some_at() and async_sync_all(); EIO if a write gets nowhere */
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_and_sync_all_at(std::uint64_t offset, const ConstBufferSequence& buffers, Token&& token = Token()) {
    return async_write_and_sync_all_at(offset, buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_and_sync_all_at(std::uint64_t offset, const ConstBufferSequence& buffers, const op_options& options,
                                   Token&& token = Token()) {
    return this->write_and(detail::op_code::sync_all, offset, buffers, options, std::forward<Token>(token));
  }
  /// As async_write_and_sync_all_at(), with what async_sync_data() does.
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_and_sync_data_at(std::uint64_t offset, const ConstBufferSequence& buffers, Token&& token = Token()) {
    return async_write_and_sync_data_at(offset, buffers, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <class ConstBufferSequence,
            detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  auto async_write_and_sync_data_at(std::uint64_t offset, const ConstBufferSequence& buffers, const op_options& options,
                                    Token&& token = Token()) {
    return this->write_and(detail::op_code::sync_data, offset, buffers, options, std::forward<Token>(token));
  }
};

template <class Executor>
basic_random_access_file(basic_bridge<Executor>&) -> basic_random_access_file<Executor>;
template <class Executor>
basic_random_access_file(basic_bridge<Executor>&, const std::string&, open_flags) -> basic_random_access_file<Executor>;
template <class Executor>
basic_random_access_file(basic_bridge<Executor>&, int) -> basic_random_access_file<Executor>;

/// With handlers on any executor of Asio's.
using random_access_file = basic_random_access_file<>;

} // namespace shardbridge
