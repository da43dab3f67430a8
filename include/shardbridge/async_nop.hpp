#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/requests.hpp>

#include <boost/asio/async_result.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace shardbridge {

/** @brief Does nothing, by the whole way: permit, lane, the shard's ring (IORING_OP_NOP), lane, handler.
 *  It tells what the way costs, and that a shard is alive.
 *  @par Deadline            as for every operation
 *  @par Capacity            one permit, no bytes
 *  @par Handler signature   void(error_code)
 *  @par Executor            the handler's associated executor, by default the bridge's
 *  @par Cancellation        until the shard starts it
 *  @par Errors              `errc`, `operation_aborted`, or EINVAL for a shard that the group does not have
 *  @par Thread-safety       any thread */
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_nop(basic_bridge<Executor>& on, std::size_t shard_index, const op_options& options,
               Token&& token = Token()) {
  return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
      detail::initiation<Executor>(on.impl(), on.get_executor()), token,
      detail::plain_request{.code = detail::op_code::nop, .file = {}}, options, detail::no_options,
      on.impl()->default_timeout(), detail::own_shard{.index = shard_index, .only = true},
      std::optional<detail::op_result>());
}
/// The same with default options.
template <class Executor, detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
auto async_nop(basic_bridge<Executor>& on, std::size_t shard_index, Token&& token = Token()) {
  return async_nop(on, shard_index, detail::no_options, std::forward<Token>(token));
}

} // namespace shardbridge
