// The descriptor of a file on a bridge, and how an operation on it begins.
#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/file_calls.hpp>
#include <shardbridge/detail/requests.hpp>
#include <shardbridge/file_base.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace shardbridge::detail {

/// The part of a file on a bridge that holds its descriptor; see basic_file for what holds for all members.
template <class Executor>
class file_handle : public file_base {
 public:
  /// By default that of handlers.
  using executor_type = Executor;
  /// A descriptor.
  using native_handle_type = int;

  file_handle(const file_handle&) = delete;
  file_handle& operator=(const file_handle&) = delete;
  /// What is outstanding goes on. The other is not open then, and keeps its bridge and options.
  file_handle(file_handle&& other) noexcept
      : core_(other.core_), executor_(other.executor_), file_(std::move(other.file_)), options_(other.options_),
        bounce_pool_(other.bounce_pool_), shard_(other.shard_) {}
  /// Closes the file that it had, as close().
  file_handle& operator=(file_handle&& other) noexcept {
    if (this != &other) {
      static_cast<void>(close_file());
      core_ = other.core_;
      executor_.emplace(*other.executor_);
      file_ = std::move(other.file_);
      options_ = other.options_;
      bounce_pool_ = other.bounce_pool_;
      shard_ = other.shard_;
    }
    return *this;
  }

  /// That of the bridge, converted.
  [[nodiscard]] executor_type get_executor() const noexcept { return *executor_; }

  /// For what the `op_options` of an operation leave open, where naming either of `timeout` and `deadline` overrides
  /// both.
  [[nodiscard]] const op_options& default_options() const noexcept { return options_; }
  /// For operations that are initiated from here on.
  void default_options(op_options options) { options_ = std::move(options); }

  /// Whether there is a descriptor.
  [[nodiscard]] bool is_open() const noexcept { return file_ && file_->is_open(); }
  /// -1 if not open. It stays the file's.
  [[nodiscard]] native_handle_type native_handle() const noexcept { return file_ ? file_->get() : -1; }

 protected:
  friend class file_copy;

  template <class BridgeExecutor>
  explicit file_handle(const std::shared_ptr<bridge_impl<BridgeExecutor>>& on)
      : core_(on), executor_(std::in_place, on->executor()), shard_(core_->next_shard()) {}
  ~file_handle() { static_cast<void>(close_file()); }

  static boost::system::error_code code_of(int number) noexcept { return {number, boost::system::system_category()}; }
  static void throw_if(const boost::system::error_code& failed, const char* what) {
    if (failed) throw boost::system::system_error(failed, what);
  }

  template <class Signature, class Request, class Token>
  auto initiate(Request request, const op_options& given, std::optional<op_result> answered, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(initiation<Executor>(core_, *executor_), token,
                                                         std::move(request), given, options_, core_->default_timeout(),
                                                         own_shard{.index = shard_}, answered);
  }
  template <class Token>
  auto plain(plain_request request, const op_options& options, Token&& token) {
    request.file = file_;
    return initiate<void(boost::system::error_code)>(std::move(request), options, unless_open(),
                                                     std::forward<Token>(token));
  }

  [[nodiscard]] const file_ref& file() const noexcept { return file_; }
  [[nodiscard]] bridge_core& core() const noexcept { return *core_; }
  [[nodiscard]] std::optional<op_result> unless_open() const {
    if (file_) return std::nullopt;
    return op_result{result_kind::system_error, EBADF, 0};
  }

  [[nodiscard]] file_ref new_file() const {
    file_ref made(new descriptor(-1, core_->shards()));
    made->bounce_pool = bounce_pool_;
    return made;
  }
  void bounce_by(std::shared_ptr<buffer_memory> pool) {
    bounce_pool_ = std::move(pool);
    if (file_) file_->bounce_pool = bounce_pool_;
  }

  /// Returns the file that was there. The lock is for shared_file() alone, which may run beside this on another thread.
  file_ref replace_file(file_ref next) noexcept {
    const std::lock_guard lock(replacing_);
    return std::exchange(file_, std::move(next));
  }
  [[nodiscard]] file_ref shared_file() const {
    const std::lock_guard lock(replacing_);
    return file_;
  }

  /// Takes the file out of the object and cancels what is outstanding on it.
  file_ref take_file() {
    file_ref taken = replace_file({});
    if (taken && !taken->only_user()) core_->cancel_file(*taken);
    return taken;
  }
  /// Returns an errno, close(2)'s.
  int close_file() {
    const file_ref closing = take_file();
    return closing ? close_now(*closing) : 0;
  }

 private:
  std::shared_ptr<bridge_core> core_;
  std::optional<Executor> executor_; // optional: executors need not be assignable
  mutable std::mutex replacing_;
  file_ref file_;
  op_options options_;
  std::shared_ptr<buffer_memory> bounce_pool_;
  std::size_t shard_ = 0;
};

} // namespace shardbridge::detail
