#pragma once

#include <shardbridge/detail/call_request.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/copier.hpp>
#include <shardbridge/random_access_file.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace shardbridge {

namespace detail {

/// void(error_code, std::uint64_t).
struct copy_request : call_request<copier, std::uint64_t> {
  void prepare(operation& op) noexcept {
    call_request::prepare(op);
    op.bytes = function.bytes();
  }
  template <class Handler>
  void complete(Handler handler, const op_result& how) {
    const boost::system::error_code failed =
        how.kind == result_kind::success ? code_of(result.failure()) : to_error_code(how);
    std::move(handler)(failed, function.copied());
  }

 private:
  static boost::system::error_code code_of(const std::exception_ptr& failure) {
    if (!failure) return {};
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& thrown) {
      return thrown.code();
    } catch (const std::bad_alloc&) {
      return {ENOMEM, boost::system::system_category()};
    }
  }
};

class file_copy {
 public:
  template <class SourceExecutor, class TargetExecutor, class Token>
  static auto start(file_handle<SourceExecutor>& source, std::uint64_t source_offset,
                    const file_handle<TargetExecutor>& target, std::uint64_t target_offset, std::uint64_t length,
                    const op_options& options, Token&& token) {
    std::optional<op_result> answered = source.unless_open();
    if (!answered) answered = target.unless_open();
    copier work(place(source.file(), source_offset), place(target.file(), target_offset), length,
                options.priority.value_or(source.default_options().priority.value_or(priority::normal)));
    return source.template initiate<void(boost::system::error_code, std::uint64_t)>(
        copy_request{{.file = source.file(), .function = std::move(work)}}, options, answered,
        std::forward<Token>(token));
  }

 private:
  static copier::place place(const file_ref& file, std::uint64_t offset) {
    return {file, offset, file ? file->epoch() : 0};
  }
};

} // namespace detail

/** @brief Copies `length` bytes of one file into another, or as many as there are before the source ends.
 *  On a shard, by way of its memory: a piece of 256 KiB is read while the one before is written.
 *  @par Preconditions       the ranges do not overlap in one file
 *  @par Buffers and units   bytes; both files may be closed meanwhile, which cancels the copy, as cancel() of either
 *                           does. On a `direct` target the end of the range must be aligned too, unless it bounces.
 *  @par Deadline            covers waiting, queueing and the whole copy
 *  @par Capacity            one permit and the bytes of the shard's memory: the lesser of `length` and 512 KiB
 *  @par Handler signature   void(error_code, std::uint64_t bytes): so much of the target is written, without gaps, be
 *                           there an error or not; after an error more may be
 *  @par Executor            the handler's associated executor, by default that of `source`
 *  @par Cancellation        at every stage; `total` only before it was started
 *  @par Errors              those of reads of `source` and writes of `target`, but that the end of `source` is none;
 *                           EBADF where one of them is not open; ENOMEM
 *  @par Thread-safety       as a read of `source` and a write of `target` */
template <class SourceExecutor, class TargetExecutor,
          detail::completion_token Token = boost::asio::default_completion_token_t<SourceExecutor>>
auto async_copy(basic_random_access_file<SourceExecutor>& source, std::uint64_t source_offset,
                basic_random_access_file<TargetExecutor>& target, std::uint64_t target_offset, std::uint64_t length,
                const op_options& options, Token&& token = Token()) {
  return detail::file_copy::start(source, source_offset, target, target_offset, length, options,
                                  std::forward<Token>(token));
}
/// The same with default options.
template <class SourceExecutor, class TargetExecutor,
          detail::completion_token Token = boost::asio::default_completion_token_t<SourceExecutor>>
auto async_copy(basic_random_access_file<SourceExecutor>& source, std::uint64_t source_offset,
                basic_random_access_file<TargetExecutor>& target, std::uint64_t target_offset, std::uint64_t length,
                Token&& token = Token()) {
  return async_copy(source, source_offset, target, target_offset, length, detail::no_options,
                    std::forward<Token>(token));
}

} // namespace shardbridge
