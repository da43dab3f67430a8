// What every file on a bridge can do, whatever its way to read and write.
#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/file_calls.hpp>
#include <shardbridge/detail/requests.hpp>
#include <shardbridge/detail/stream_request.hpp>
#include <shardbridge/file_base.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace shardbridge {

/// The part that random-access and stream files share. Its operations take an optional `op_options` before the token.
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
/// @par Thread-safety
/// Distinct objects: safe. Shared: only cancel() may be called beside another function, close() and async_open()
/// included, but not beside assignment and destruction.
template <class Executor>
class basic_file : public file_base {
 public:
  using executor_type = Executor;
  using native_handle_type = int;

  basic_file(const basic_file&) = delete;
  basic_file& operator=(const basic_file&) = delete;
  basic_file(basic_file&& other) noexcept
      : core_(other.core_), executor_(other.executor_), file_(std::move(other.file_)), options_(other.options_),
        shard_(other.shard_) {}
  basic_file& operator=(basic_file&& other) noexcept {
    if (this != &other) {
      close_quietly();
      core_ = other.core_;
      executor_.emplace(*other.executor_);
      file_ = std::move(other.file_);
      options_ = other.options_;
      shard_ = other.shard_;
    }
    return *this;
  }

  [[nodiscard]] executor_type get_executor() const noexcept { return *executor_; }

  /// For what the `op_options` of an operation leave open, where naming either of `timeout` and `deadline` overrides
  /// both.
  [[nodiscard]] const op_options& default_options() const noexcept { return options_; }
  void default_options(op_options options) { options_ = std::move(options); }

  [[nodiscard]] bool is_open() const noexcept { return file_ && file_->is_open(); }
  /// -1 if not open. It stays the file's.
  [[nodiscard]] native_handle_type native_handle() const noexcept { return file_ ? file_->get() : -1; }

  /// Opens on the calling thread. The file must not be open. Errors: those of open(2) and statx(2).
  void open(const std::string& path, open_flags how) {
    boost::system::error_code failed;
    open(path, how, failed);
    throw_if(failed, "open");
  }
  void open(const std::string& path, open_flags how, boost::system::error_code& failed) {
    if (is_open()) {
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
  void assign(native_handle_type native, boost::system::error_code& failed) {
    if (is_open()) {
      failed = boost::asio::error::already_open;
      return;
    }
    detail::file_ref assigned = new_file();
    failed = code_of(detail::assign_now(*assigned, native));
    if (!failed) replace_file(std::move(assigned));
  }

  /// Opens on the shard. Handler: void(error_code). The file must not be open. is_open() when the handler runs.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_open(const std::string& path, open_flags how, Token&& token = Token()) {
    return async_open(path, how, op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_open(const std::string& path, open_flags how, const op_options& options, Token&& token = Token()) {
    std::optional<detail::op_result> answered;
    detail::file_ref opened = new_file();
    if (is_open())
      answered = detail::op_result{detail::result_kind::already_open, 0, 0};
    else
      replace_file(opened);
    return initiate<void(boost::system::error_code)>(
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
  void close(boost::system::error_code& failed) {
    failed = {};
    if (!file_) return;
    const detail::file_ref closing = replace_file({});
    if (!closing->only_user()) core_->cancel_file(*closing);
    failed = code_of(detail::close_now(*closing));
  }

  /// Cancels what is outstanding, then closes on the shard. Handler: void(error_code), when the descriptor is closed
  /// or, at the deadline, will be as soon as the kernel lets go of it. The file is not open from here on.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_close(Token&& token = Token()) {
    return async_close(op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_close(const op_options& options, Token&& token = Token()) {
    const auto answered = unless_open();
    detail::file_ref closing = replace_file({});
    if (!answered && !closing->only_user()) core_->cancel_file(*closing);
    return initiate<void(boost::system::error_code)>(
        detail::plain_request{.code = detail::op_code::close, .file = std::move(closing)}, options, answered,
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
  native_handle_type release(boost::system::error_code& failed) {
    native_handle_type out = -1;
    failed = code_of(EBADF);
    if (!is_open()) return out;
    const detail::file_ref released = replace_file({});
    if (!released->only_user()) core_->cancel_file(*released);
    failed = code_of(detail::release_now(*released, out));
    return out;
  }

  /// Cancels every operation initiated before on this file, at whatever stage; any thread. What cannot be cancelled
  /// completes.
  void cancel() {
    const detail::file_ref cancelled = [this] {
      const std::lock_guard lock(replacing_);
      return file_;
    }();
    if (cancelled) core_->cancel_file(*cancelled);
  }

  /// In bytes, on the calling thread. Errors: those of fstat(2).
  [[nodiscard]] std::uint64_t size() const {
    boost::system::error_code failed;
    const std::uint64_t out = size(failed);
    throw_if(failed, "size");
    return out;
  }
  [[nodiscard]] std::uint64_t size(boost::system::error_code& failed) const {
    std::uint64_t out = 0;
    failed = code_of(file_ ? detail::size_now(*file_, out) : EBADF);
    return out;
  }

  /// On the shard. Handler: void(error_code, std::uint64_t bytes).
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_size(Token&& token = Token()) {
    return async_size(op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_size(const op_options& options, Token&& token = Token()) {
    return initiate<void(boost::system::error_code, std::uint64_t)>(detail::size_request{.file = file_}, options,
                                                                    unless_open(), std::forward<Token>(token));
  }

  /// Truncates or extends to `bytes`, on the calling thread. Errors: those of ftruncate(2).
  void resize(std::uint64_t bytes) {
    boost::system::error_code failed;
    resize(bytes, failed);
    throw_if(failed, "resize");
  }
  void resize(std::uint64_t bytes, boost::system::error_code& failed) {
    failed = code_of(file_ ? detail::resize_now(*file_, bytes) : EBADF);
  }

  /// On the shard. Handler: void(error_code). Before Linux 6.9 the shard itself waits for it.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_resize(std::uint64_t bytes, Token&& token = Token()) {
    return async_resize(bytes, op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_resize(std::uint64_t bytes, const op_options& options, Token&& token = Token()) {
    return plain(detail::op_code::resize, bytes, options, std::forward<Token>(token));
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
  void sync_all(boost::system::error_code& failed) { failed = code_of(file_ ? detail::sync_all_now(*file_) : EBADF); }

  /// The same for the data and what is needed to find them (fdatasync(2)).
  void sync_data() {
    boost::system::error_code failed;
    sync_data(failed);
    throw_if(failed, "sync_data");
  }
  void sync_data(boost::system::error_code& failed) { failed = code_of(file_ ? detail::sync_data_now(*file_) : EBADF); }

  /// On the shard: covers every write that has completed before. Handler: void(error_code).
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_all(Token&& token = Token()) {
    return async_sync_all(op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_all(const op_options& options, Token&& token = Token()) {
    return plain(detail::op_code::sync_all, 0, options, std::forward<Token>(token));
  }
  /// The same for the data and what is needed to find them.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_data(Token&& token = Token()) {
    return async_sync_data(op_options{}, std::forward<Token>(token));
  }
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_sync_data(const op_options& options, Token&& token = Token()) {
    return plain(detail::op_code::sync_data, 0, options, std::forward<Token>(token));
  }

 protected:
  static boost::system::error_code code_of(int number) noexcept { return {number, boost::system::system_category()}; }
  static void throw_if(const boost::system::error_code& failed, const char* what) {
    if (failed) throw boost::system::system_error(failed, what);
  }
  [[nodiscard]] detail::descriptor* opened() const noexcept { return file_.get(); }

  template <class BridgeExecutor>
  explicit basic_file(const std::shared_ptr<detail::bridge_impl<BridgeExecutor>>& on)
      : core_(on), executor_(std::in_place, on->executor()), shard_(core_->next_shard()) {}
  ~basic_file() { close_quietly(); }

  template <class Buffers, class Token>
  auto transfer(detail::op_code code, std::uint64_t offset, const Buffers& buffers, const op_options& options,
                Token&& token) {
    detail::transfer_request request{code, file_, offset, detail::iovec_array(buffers)};
    const auto answered = unless_transferable(offset, request.buffers);
    return initiate<void(boost::system::error_code, std::size_t)>(std::move(request), options, answered,
                                                                  std::forward<Token>(token));
  }
  /// From the position of a stream.
  template <class Buffers, class Token>
  auto stream(detail::op_code code, const Buffers& buffers, const op_options& options, Token&& token) {
    detail::stream_request request{{code, file_, 0, detail::iovec_array(buffers)}};
    const auto answered = unless_transferable(file_ ? file_->position : 0, request.buffers);
    return initiate<void(boost::system::error_code, std::size_t)>(std::move(request), options, answered,
                                                                  std::forward<Token>(token));
  }
  /// On the calling thread.
  template <class Buffers>
  std::size_t transfer_now(detail::op_code code, std::uint64_t offset, const Buffers& buffers,
                           boost::system::error_code& failed) {
    detail::iovec_array whole(buffers);
    std::size_t moved = 0;
    failed = {};
    if (const auto answered = unless_transferable(offset, whole)) {
      failed = detail::to_error_code(*answered);
      return moved;
    }
    failed = code_of(detail::transfer_now(*file_, code, offset, {whole.data(), whole.size()}, moved));
    if (!failed && moved == 0 && code == detail::op_code::read) failed = boost::asio::error::eof;
    return moved;
  }
  template <class Buffers>
  std::size_t stream_now(detail::op_code code, const Buffers& buffers, boost::system::error_code& failed) {
    const std::size_t moved = transfer_now(code, file_ ? file_->position : 0, buffers, failed);
    if (moved > 0) detail::advance(*file_, code, moved);
    return moved;
  }
  template <class Token>
  auto transfer(detail::op_code code, std::uint64_t offset, owned_buffer buffer, const op_options& options,
                Token&& token) {
    const auto answered =
        unless_transferable(offset, detail::iovec_array(boost::asio::buffer(buffer.data(), buffer.size())));
    return initiate<void(boost::system::error_code, std::size_t, owned_buffer)>(
        detail::owned_transfer_request{code, file_, offset, std::move(buffer)}, options, answered,
        std::forward<Token>(token));
  }

 private:
  template <class Signature, class Request, class Token>
  auto initiate(Request request, const op_options& given, std::optional<detail::op_result> answered, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(detail::initiation<Executor>(core_, *executor_), token,
                                                         std::move(request), given, options_, core_->default_timeout(),
                                                         shard_, answered);
  }

  template <class Token>
  auto plain(detail::op_code code, std::uint64_t size, const op_options& options, Token&& token) {
    return initiate<void(boost::system::error_code)>(
        detail::plain_request{.code = code, .file = file_, .new_size = size}, options, unless_open(),
        std::forward<Token>(token));
  }

  [[nodiscard]] detail::file_ref new_file() const {
    return detail::file_ref(new detail::descriptor(-1, core_->shards()));
  }

  /// Returns the file that was there. The lock is for cancel() alone: it may run beside this on another thread.
  detail::file_ref replace_file(detail::file_ref next) noexcept {
    const std::lock_guard lock(replacing_);
    return std::exchange(file_, std::move(next));
  }

  [[nodiscard]] std::optional<detail::op_result> unless_open() const {
    if (file_) return std::nullopt;
    return system_result(boost::asio::error::bad_descriptor);
  }

  [[nodiscard]] std::optional<detail::op_result> unless_transferable(std::uint64_t offset,
                                                                     const detail::iovec_array& buffers) const {
    if (!file_) return unless_open();
    if (buffers.bytes() == 0) return detail::op_result{};
    if (offset % file_->offset_alignment == 0 && buffers.aligned(file_->memory_alignment, file_->offset_alignment))
      return std::nullopt;
    return detail::op_result::of(errc::misaligned);
  }

  static detail::op_result system_result(int number) noexcept { return {detail::result_kind::system_error, number, 0}; }
  void close_quietly() noexcept {
    boost::system::error_code ignored;
    close(ignored);
  }

  std::shared_ptr<detail::bridge_core> core_;
  std::optional<Executor> executor_; // optional: executors need not be assignable
  std::mutex replacing_;
  detail::file_ref file_;
  op_options options_;
  std::size_t shard_ = 0;
};

} // namespace shardbridge
