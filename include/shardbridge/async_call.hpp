#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/result.hpp>
#include <shardbridge/shard.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace shardbridge {

namespace detail {

template <class Result>
struct call_signature {
  using type = void(std::exception_ptr, Result);
};
template <>
struct call_signature<void> {
  using type = void(std::exception_ptr);
};

/// A function on its way to a shard, and its result on the way back.
template <class Function, class Result>
struct call_request {
  static constexpr op_code code = op_code::call;
  file_ref file;
  Function function;
  std::exception_ptr failure;
  std::optional<std::conditional_t<std::is_void_v<Result>, char, Result>> returned;

  /// The operation holds this request, so the shard finds it there.
  void prepare(operation& op) noexcept {
    op.subject = this;
    op.run = [](operation& self, shard& on) { static_cast<call_request*>(self.subject)->run(on); };
  }

  void run(shard& on) noexcept {
    try {
      if constexpr (std::is_void_v<Result>) {
        std::invoke(std::move(function), on);
        returned.emplace();
      } else {
        returned.emplace(std::invoke(std::move(function), on));
      }
    } catch (...) {
      failure = std::current_exception();
    }
  }

  void absorb(operation&) noexcept {}

  template <class Handler>
  void complete(Handler handler, const op_result& result) {
    if (result.kind != result_kind::success)
      failure = std::make_exception_ptr(boost::system::system_error(to_error_code(result), "async_call"));
    if constexpr (std::is_void_v<Result>)
      std::move(handler)(failure);
    else
      std::move(handler)(failure, returned ? std::move(*returned) : Result());
  }
};

} // namespace detail

/** @brief Runs `function(shard&)` on a shard and completes with what it returns or throws.
 *  The shard does nothing else meanwhile: the function must not block.
 *  @par Preconditions       what it returns is void, or default-constructible and movable
 *  @par Deadline            covers waiting and queueing; a function that has started is not interrupted
 *  @par Capacity            one permit, no bytes
 *  @par Handler signature   void(std::exception_ptr) or void(std::exception_ptr, Result)
 *  @par Executor            the handler's associated executor, by default the bridge's
 *  @par Cancellation        until the function starts
 *  @par Errors              what the function throws; `boost::system::system_error` with `errc`, `operation_aborted`,
 * or EINVAL for a shard that the group does not have
 *  @par Thread-safety       any thread. The function is called on the shard; it is destroyed on the handler's executor,
 * or where the operation is destroyed uninvoked. */
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, const op_options& options,
                Token&& token = Token()) {
  using result = std::invoke_result_t<Function, shard&>;
  op_options placed = options;
  placed.shard = shard_index;
  return boost::asio::async_initiate<Token, typename detail::call_signature<result>::type>(
      detail::initiation<Executor>(on.impl(), on.get_executor()), token,
      detail::call_request<std::decay_t<Function>, result>{
          .file = {}, .function = std::forward<Function>(function), .failure = {}, .returned = {}},
      placed, op_options{}, on.impl()->default_timeout(), shard_index, std::optional<detail::op_result>());
}
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, Token&& token = Token()) {
  return async_call(on, shard_index, std::forward<Function>(function), op_options{}, std::forward<Token>(token));
}

} // namespace shardbridge
