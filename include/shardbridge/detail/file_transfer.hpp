// How bytes move between a file on a bridge and its user's memory.
#pragma once

#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/file_handle.hpp>
#include <shardbridge/detail/iovecs.hpp>
#include <shardbridge/detail/stream_request.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace shardbridge::detail {

/// The part of a file on a bridge that moves bytes.
template <class Executor>
class file_transfer : public file_handle<Executor> {
 public:
  /// Sends requests of `direct` files that are not aligned, and would fail with `errc::misaligned`, by way of aligned
  /// buffers of `pool` from here on. These are reads, up to `buffer_pool_options::largest` bytes at once, and writes of
  /// which only the memory is not aligned, since the others would have to read first what is around them, which
  /// somebody else may be changing. Requests with owned buffers fail as before. Without room in the pool they fail with
  /// ENOMEM. Not beside any other function of the file. The pool may be destroyed before the file.
  void bounce_through(const buffer_pool& pool) { this->bounce_by(pool.memory()); }

 protected:
  using file_handle<Executor>::file_handle;

  template <class Buffers, class Token>
  auto transfer(op_code code, std::uint64_t offset, const Buffers& buffers, const op_options& options, Token&& token) {
    return this->template initiate<void(boost::system::error_code, std::size_t)>(
        transfer_request{code, this->file(), offset, iovec_array(buffers)}, options, this->unless_open(),
        std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto write_and(op_code sync, std::uint64_t offset, const Buffers& buffers, const op_options& options, Token&& token) {
    return this->template initiate<void(boost::system::error_code, synced_write)>(
        synced_write_request{{op_code::write, this->file(), offset, iovec_array(buffers)}, {.code = sync}}, options,
        this->unless_open(), std::forward<Token>(token));
  }
  /// From the position of a stream.
  template <class Buffers, class Token>
  auto stream(op_code code, const Buffers& buffers, const op_options& options, Token&& token) {
    return this->template initiate<void(boost::system::error_code, std::size_t)>(
        stream_request{{code, this->file(), 0, iovec_array(buffers)}}, options, this->unless_open(),
        std::forward<Token>(token));
  }
  /// On the calling thread.
  template <class Buffers>
  std::size_t transfer_now(op_code code, std::uint64_t offset, const Buffers& buffers,
                           boost::system::error_code& failed) {
    const op_result result = this->file()
                                 ? detail::transfer_now(*this->file(), code, offset, iovec_array(buffers).all())
                                 : *this->unless_open();
    failed = to_error_code(result);
    return static_cast<std::size_t>(result.value);
  }
  template <class Buffers>
  std::size_t stream_now(op_code code, const Buffers& buffers, boost::system::error_code& failed) {
    const std::size_t moved = transfer_now(code, this->file() ? this->file()->position : 0, buffers, failed);
    if (moved > 0) detail::advance(*this->file(), code, moved);
    return moved;
  }
  template <class Token>
  auto transfer(op_code code, std::uint64_t offset, owned_buffer buffer, const op_options& options, Token&& token) {
    return this->template initiate<void(boost::system::error_code, std::size_t, owned_buffer)>(
        owned_transfer_request{code, this->file(), offset, std::move(buffer)}, options, this->unless_open(),
        std::forward<Token>(token));
  }
};

} // namespace shardbridge::detail
