// The size of a file and the space it takes, and what the kernel is told about how it will be used.
#pragma once

#include <shardbridge/detail/file_transfer.hpp>
#include <shardbridge/file_range.hpp>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace shardbridge::detail {

/// The part of a file on a bridge that knows its size and space.
template <class Executor>
class file_extent : public file_transfer<Executor> {
 public:
  /// In bytes, on the calling thread. Errors: those of fstat(2).
  [[nodiscard]] std::uint64_t size() const {
    boost::system::error_code failed;
    const std::uint64_t out = size(failed);
    this->throw_if(failed, "size");
    return out;
  }
  /// The same with the error in `failed`.
  [[nodiscard]] std::uint64_t size(boost::system::error_code& failed) const {
    std::uint64_t out = 0;
    failed = this->code_of(this->file() ? size_now(*this->file(), out) : EBADF);
    return out;
  }

  /// On the shard. Handler: void(error_code, std::uint64_t bytes).
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_size(Token&& token = Token()) {
    return async_size(detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_size(const op_options& options, Token&& token = Token()) {
    return this->template initiate<void(boost::system::error_code, std::uint64_t)>(
        size_request{.file = this->file()}, options, this->unless_open(), std::forward<Token>(token));
  }

  /// Truncates or extends to `bytes`, on the calling thread. Errors: those of ftruncate(2).
  void resize(std::uint64_t bytes) {
    boost::system::error_code failed;
    resize(bytes, failed);
    this->throw_if(failed, "resize");
  }
  /// The same with the error in `failed`.
  void resize(std::uint64_t bytes, boost::system::error_code& failed) {
    failed = this->code_of(this->file() ? resize_now(*this->file(), bytes) : EBADF);
  }

  /// On the shard. Handler: void(error_code). Before Linux 6.9 the shard itself waits for it.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_resize(std::uint64_t bytes, Token&& token = Token()) {
    return async_resize(bytes, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_resize(std::uint64_t bytes, const op_options& options, Token&& token = Token()) {
    return this->plain({.code = op_code::resize, .offset = bytes}, options, std::forward<Token>(token));
  }

  /// Reserves, frees or clears `length` bytes from `offset`, on the calling thread. Errors: those of fallocate(2), such
  /// as EOPNOTSUPP where the file system has no such mode and ENOSPC.
  void allocate(std::uint64_t offset, std::uint64_t length, allocate_mode how = allocate_mode::allocate) {
    boost::system::error_code failed;
    allocate(offset, length, how, failed);
    this->throw_if(failed, "allocate");
  }
  /// The same with the error in `failed`.
  void allocate(std::uint64_t offset, std::uint64_t length, allocate_mode how, boost::system::error_code& failed) {
    failed = this->code_of(this->file() ? allocate_now(*this->file(), offset, length, how) : EBADF);
  }

  /** @brief Reserves, frees or clears `length` bytes from `offset`, on the shard (IORING_OP_FALLOCATE, Linux 5.6).
   *  A worker thread of the kernel does it, so the shard does not wait for it.
   *  @par Handler signature   void(error_code)
   *  @par Deadline            the answer comes at the deadline; what the kernel has begun may take effect later
   *  @par Errors              those of allocate(); `errc::outcome_unknown` where it was interrupted halfway */
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_allocate(std::uint64_t offset, std::uint64_t length, Token&& token = Token()) {
    return async_allocate(offset, length, allocate_mode::allocate, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_allocate(std::uint64_t offset, std::uint64_t length, const op_options& options, Token&& token = Token()) {
    return async_allocate(offset, length, allocate_mode::allocate, options, std::forward<Token>(token));
  }
  /// The same with another mode.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_allocate(std::uint64_t offset, std::uint64_t length, allocate_mode how, Token&& token = Token()) {
    return async_allocate(offset, length, how, detail::no_options, std::forward<Token>(token));
  }
  /// The same with another mode and options.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_allocate(std::uint64_t offset, std::uint64_t length, allocate_mode how, const op_options& options,
                      Token&& token = Token()) {
    return this->plain(
        {.code = op_code::allocate, .offset = offset, .length = length, .mode = static_cast<std::int32_t>(how)},
        options, std::forward<Token>(token));
  }

  /// Tells the kernel how `length` bytes from `offset` will be used, on the calling thread; a length of 0 means up to
  /// the end. `will_need` and `dont_need` may wait for a device. Errors: those of posix_fadvise(2).
  void advise(std::uint64_t offset, std::uint64_t length, file_advice what) {
    boost::system::error_code failed;
    advise(offset, length, what, failed);
    this->throw_if(failed, "advise");
  }
  /// The same with the error in `failed`.
  void advise(std::uint64_t offset, std::uint64_t length, file_advice what, boost::system::error_code& failed) {
    failed = this->code_of(this->file() ? advise_now(*this->file(), offset, length, what) : EBADF);
  }

  /** @brief The same on the shard (IORING_OP_FADVISE, Linux 5.6), where nobody waits for the device.
   *  A completed `will_need` means that reading ahead has begun, not that the data are there.
   *  @par Handler signature   void(error_code)
   *  @par Errors              those of posix_fadvise(2), such as ESPIPE for a pipe */
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_advise(std::uint64_t offset, std::uint64_t length, file_advice what, Token&& token = Token()) {
    return async_advise(offset, length, what, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_advise(std::uint64_t offset, std::uint64_t length, file_advice what, const op_options& options,
                    Token&& token = Token()) {
    return this->plain(
        {.code = op_code::advise, .offset = offset, .length = length, .mode = static_cast<std::int32_t>(what)}, options,
        std::forward<Token>(token));
  }

 protected:
  using file_transfer<Executor>::file_transfer;
};

} // namespace shardbridge::detail
