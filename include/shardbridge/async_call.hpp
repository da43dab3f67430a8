#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/call_request.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/shard.hpp>

#include <boost/asio/async_result.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace shardbridge {

/** @brief Runs `function(shard&)` on a shard and completes with what it returns or throws, or what the task<T> that it
 *  returns does.
 *  The shard does nothing else while a function runs, which therefore must not block; while a task waits, it does.
 *  @par Preconditions       the result is void, or default-constructible and movable
 *  @par Deadline            covers waiting, queueing and the task, which is cancelled at the deadline, see shard; a
 *                           function that has started is not interrupted
 *  @par Capacity            one permit, no bytes
 *  @par Handler signature   void(std::exception_ptr) or void(std::exception_ptr, Result)
 *  @par Executor            the handler's associated executor, by default the bridge's
 *  @par Cancellation        until the function starts, `total` among them; `partial` and `terminal` cancel the task as
 *                           well, see shard
 *  @par Errors              what the function or task throws, which for a wait that is cancelled is
 *                           `boost::system::system_error` with `operation_aborted`, or with `errc::expired_in_flight`
 *                           at the deadline; `boost::system::system_error` with `errc`, `operation_aborted`, or EINVAL
 *                           for a shard that the group does not have;
 *                           `errc::outcome_unknown` where the task did not end before its shard did
 *  @par Thread-safety       any thread. The function is called on the shard, and stays in place until its task has
 * ended; it is destroyed on the handler's executor, or where the operation is destroyed uninvoked. */
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, const op_options& options,
                Token&& token = Token()) {
  using result = typename detail::call_result<std::invoke_result_t<Function, shard&>>::type;
  return boost::asio::async_initiate<Token, typename detail::call_signature<result>::type>(
      detail::initiation<Executor>(on.impl(), on.get_executor()), token,
      detail::call_request<std::decay_t<Function>, result>{.file = {}, .function = std::forward<Function>(function)},
      options, detail::no_options, on.impl()->default_timeout(), detail::own_shard{.index = shard_index, .only = true},
      std::optional<detail::op_result>());
}
/// The same with default options.
template <class Executor, class Function,
          detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  requires std::invocable<Function, shard&>
auto async_call(basic_bridge<Executor>& on, std::size_t shard_index, Function&& function, Token&& token = Token()) {
  return async_call(on, shard_index, std::forward<Function>(function), detail::no_options, std::forward<Token>(token));
}

} // namespace shardbridge
