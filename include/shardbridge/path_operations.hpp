/** @defgroup paths Operations on paths
 *  On a shard of a bridge. Relative paths begin at the working folder of the process.
 *  @par Deadline        `op_options` cover the wait for a permit, the queue and the kernel. None of the caller's memory
 *                       is involved, so the answer comes at the deadline; what the kernel has begun may take effect
 *                       later.
 *  @par Capacity        one permit, no bytes
 *  @par Executor        the handler's associated executor, by default the bridge's
 *  @par Cancellation    by the associated slot and `op_options::stop_token`; what changes something is left to `total`
 *                       only before it was started
 *  @par Errors          errno in the system category, `errc`, `boost::asio::error::operation_aborted`
 *  @par Thread-safety   any thread */
#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/opened_handler.hpp>
#include <shardbridge/detail/path_requests.hpp>
#include <shardbridge/file_status.hpp>
#include <shardbridge/random_access_file.hpp>

#include <boost/asio/async_result.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace shardbridge {

namespace detail {

template <class Signature, class Executor, class Request, class Token>
auto initiate_on_path(basic_bridge<Executor>& on, Request request, const op_options& options, Token&& token) {
  return boost::asio::async_initiate<Token, Signature>(
      initiation<Executor>(on.impl(), on.get_executor()), token, std::move(request), options, no_options,
      on.impl()->default_timeout(), own_shard{.index = on.impl()->next_shard()}, std::optional<op_result>());
}

} // namespace detail

/// @addtogroup paths
/// @{

/// Opens a file. Handler: void(error_code, basic_random_access_file<Executor>); with an error the file is not open.
/// Errors: those of openat(2) and statx(2).
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_open(basic_bridge<Executor>& on, const std::string& path, open_flags flags, const op_options& options,
                Token&& token = Token()) {
  return boost::asio::async_initiate<Token, void(boost::system::error_code, basic_random_access_file<Executor>)>(
      detail::open_initiation<Executor>(on.impl()), token, path, flags, options);
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_open(basic_bridge<Executor>& on, const std::string& path, open_flags flags, Token&& token = Token()) {
  return async_open(on, path, flags, detail::no_options, std::forward<Token>(token));
}

/// What is there, symbolic links followed. Handler: void(error_code, file_status). Errors: those of statx(2).
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_stat(basic_bridge<Executor>& on, const std::string& path, const op_options& options,
                Token&& token = Token()) {
  return detail::initiate_on_path<void(boost::system::error_code, file_status)>(
      on, detail::status_request{.file = {}, .path = path}, options, std::forward<Token>(token));
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_stat(basic_bridge<Executor>& on, const std::string& path, Token&& token = Token()) {
  return async_stat(on, path, detail::no_options, std::forward<Token>(token));
}

/// Replaces what is at `to`, in one step. Handler: void(error_code). Errors: those of rename(2).
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_rename(basic_bridge<Executor>& on, const std::string& from, const std::string& to, const op_options& options,
                  Token&& token = Token()) {
  return detail::initiate_on_path<void(boost::system::error_code)>(
      on, detail::path_request{.code = detail::op_code::rename, .file = {}, .path = from, .new_path = to}, options,
      std::forward<Token>(token));
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_rename(basic_bridge<Executor>& on, const std::string& from, const std::string& to, Token&& token = Token()) {
  return async_rename(on, from, to, detail::no_options, std::forward<Token>(token));
}

/// Removes a name that is no folder's. Handler: void(error_code). Errors: those of unlink(2).
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_unlink(basic_bridge<Executor>& on, const std::string& path, const op_options& options,
                  Token&& token = Token()) {
  return detail::initiate_on_path<void(boost::system::error_code)>(
      on, detail::path_request{.code = detail::op_code::unlink, .file = {}, .path = path, .new_path = {}}, options,
      std::forward<Token>(token));
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_unlink(basic_bridge<Executor>& on, const std::string& path, Token&& token = Token()) {
  return async_unlink(on, path, detail::no_options, std::forward<Token>(token));
}

/// Makes a folder that everybody may use as far as the process's umask allows. Handler: void(error_code). Errors: those
/// of mkdir(2).
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_mkdir(basic_bridge<Executor>& on, const std::string& path, const op_options& options,
                 Token&& token = Token()) {
  return detail::initiate_on_path<void(boost::system::error_code)>(
      on, detail::path_request{.code = detail::op_code::make_directory, .file = {}, .path = path, .new_path = {}},
      options, std::forward<Token>(token));
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_mkdir(basic_bridge<Executor>& on, const std::string& path, Token&& token = Token()) {
  return async_mkdir(on, path, detail::no_options, std::forward<Token>(token));
}

/// @}

} // namespace shardbridge
