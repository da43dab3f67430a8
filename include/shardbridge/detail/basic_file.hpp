// What every file on a bridge can do, whatever its way to read and write.
#pragma once

#include <shardbridge/detail/file_extent.hpp>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace shardbridge {

/// The part that random-access and stream files share. Its operations take an optional `op_options` before the token.
/// What works on the calling thread may wait for a device, and throws `boost::system::system_error` with the errors
/// named, or puts them into its last argument.
///
/// @par Deadline
/// `op_options::timeout` and `deadline` cover the wait for a permit, the queue and the kernel. An operation that holds
/// none of the caller's memory is answered at the deadline; it may take effect later.
/// @par Capacity
/// Each operation takes one permit of the bridge and, if it moves bytes, as many bytes of it.
/// @par Executor
/// Handlers run on their associated executor, by default get_executor(), never inside the initiating function.
/// @par Cancellation
/// By the associated cancellation slot, `op_options::stop_token`, cancel() and close(). `total` reaches an operation
/// that changes the file only before it was started; `partial` and `terminal` at every stage.
/// @par Errors
/// errno in the system category as the kernel reports it, `errc`, `boost::asio::error::operation_aborted` (cancelled).
/// EBADF where the file is not open, but for open(), assign(), async_open(), close() and cancel().
/// @par Thread-safety
/// Distinct objects: safe. Shared: only cancel() may be called beside another function, close() and async_open()
/// included, but not beside assignment and destruction.
template <class Executor>
class basic_file : public detail::file_extent<Executor> {
  using handle = detail::file_handle<Executor>;

 public:
  /// A descriptor.
  using native_handle_type = typename handle::native_handle_type;

  /// Opens on the calling thread. Errors: `boost::asio::error::already_open`, those of open(2) and statx(2).
  void open(const std::string& path, open_flags how) {
    boost::system::error_code failed;
    open(path, how, failed);
    throw_if(failed, "open");
  }
  /// The same with the error in `failed`.
  void open(const std::string& path, open_flags how, boost::system::error_code& failed) {
    if (this->is_open()) {
      failed = boost::asio::error::already_open;
      return;
    }
    detail::file_ref opened = new_file();
    failed = code_of(detail::open_now(*opened, path.c_str(), how));
    if (!failed) replace_file(std::move(opened));
  }

  /// Takes over a descriptor that is open: a regular file, or a pipe, a socket or a terminal, which is read and written
  /// at offset 0. The file must not be open. Errors: those of fcntl(2) and statx(2); then `native` stays the caller's.
  void assign(native_handle_type native) {
    boost::system::error_code failed;
    assign(native, failed);
    throw_if(failed, "assign");
  }
  /// The same with the error in `failed`.
  void assign(native_handle_type native, boost::system::error_code& failed) {
    if (this->is_open()) {
      failed = boost::asio::error::already_open;
      return;
    }
    detail::file_ref assigned = new_file();
    failed = code_of(detail::assign_now(*assigned, native));
    if (!failed) replace_file(std::move(assigned));
  }

  /// Opens on the shard. Handler: void(error_code). is_open() when the handler runs. Errors:
  /// `boost::asio::error::already_open`, those of openat(2) and statx(2).
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_open(const std::string& path, open_flags how, Token&& token = Token()) {
    return async_open(path, how, detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_open(const std::string& path, open_flags how, const op_options& options, Token&& token = Token()) {
    std::optional<detail::op_result> answered;
    detail::file_ref opened = new_file();
    if (this->is_open())
      answered = detail::op_result{detail::result_kind::already_open, 0, 0};
    else
      replace_file(opened);
    return this->template initiate<void(boost::system::error_code)>(
        detail::open_request{.file = std::move(opened), .path = path, .flags = how}, options, answered,
        std::forward<Token>(token));
  }

  /// Cancels what is outstanding, as cancel(), and closes: now if nothing is in the kernel, else when it has left it.
  /// The error is close(2)'s, if it was called now.
  void close() {
    boost::system::error_code failed;
    close(failed);
    throw_if(failed, "close");
  }
  /// The same with the error in `failed`.
  void close(boost::system::error_code& failed) { failed = code_of(close_file()); }

  /// Cancels what is outstanding, then closes on the shard. Handler: void(error_code), when the descriptor is closed
  /// or, at the deadline, will be as soon as the kernel lets go of it. The file is not open from here on.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_close(Token&& token = Token()) {
    return async_close(detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_close(const op_options& options, Token&& token = Token()) {
    const auto answered = unless_open();
    return this->template initiate<void(boost::system::error_code)>(
        detail::plain_request{.code = detail::op_code::close, .file = take_file()}, options, answered,
        std::forward<Token>(token));
  }

  /// Cancels what is outstanding, as cancel(), and gives the descriptor up to the caller; the file is not open any
  /// more. While a shard still has operations of the file it keeps the descriptor for them, and the caller gets a
  /// duplicate. Errors: EBADF if it is not open; those of fcntl(2), where the file is closed instead.
  native_handle_type release() {
    boost::system::error_code failed;
    const native_handle_type out = release(failed);
    throw_if(failed, "release");
    return out;
  }
  /// The same with the error in `failed`, where -1 is returned.
  native_handle_type release(boost::system::error_code& failed) {
    native_handle_type out = -1;
    failed = code_of(EBADF);
    if (!this->is_open()) return out;
    const detail::file_ref released = take_file();
    failed = code_of(detail::release_now(*released, out));
    return out;
  }

  /// Cancels every operation initiated before on this file, at whatever stage; any thread. What cannot be cancelled
  /// completes.
  void cancel() {
    if (const detail::file_ref cancelled = shared_file()) core().cancel_file(*cancelled);
  }
  /// The same, for code written for Asio's files: nothing fails.
  void cancel(boost::system::error_code& failed) {
    failed = {};
    cancel();
  }

  /// Makes data and metadata durable, on the calling thread. Waits for other syncs of this file that run meanwhile, so
  /// never in a function that runs on a shard. Errors: those of fsync(2); an error that means lost data is reported by
  /// every sync of the file, of either kind and on any thread, that overlaps the one it came to or comes later, until
  /// the file is opened anew.
  void sync_all() {
    boost::system::error_code failed;
    sync_all(failed);
    throw_if(failed, "sync_all");
  }
  /// The same with the error in `failed`.
  void sync_all(boost::system::error_code& failed) { failed = code_of(file() ? detail::sync_all_now(*file()) : EBADF); }

  /// The same for the data and what is needed to find them (fdatasync(2)).
  void sync_data() {
    boost::system::error_code failed;
    sync_data(failed);
    throw_if(failed, "sync_data");
  }
  /// The same with the error in `failed`.
  void sync_data(boost::system::error_code& failed) {
    failed = code_of(file() ? detail::sync_data_now(*file()) : EBADF);
  }

  /// On the shard: covers every write that has completed before. Handler: void(error_code). Errors: those of
  /// sync_all().
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_all(Token&& token = Token()) {
    return async_sync_all(detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_all(const op_options& options, Token&& token = Token()) {
    return this->plain({.code = detail::op_code::sync_all}, options, std::forward<Token>(token));
  }
  /// The same for the data and what is needed to find them.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_data(Token&& token = Token()) {
    return async_sync_data(detail::no_options, std::forward<Token>(token));
  }
  /// The same with options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_data(const op_options& options, Token&& token = Token()) {
    return this->plain({.code = detail::op_code::sync_data}, options, std::forward<Token>(token));
  }

 protected:
  using detail::file_extent<Executor>::file_extent;

  // What the names of a base that depends on a template parameter need.
  using handle::close_file;
  using handle::code_of;
  using handle::core;
  using handle::file;
  using handle::new_file;
  using handle::replace_file;
  using handle::shared_file;
  using handle::take_file;
  using handle::throw_if;
  using handle::unless_open;
};

} // namespace shardbridge
