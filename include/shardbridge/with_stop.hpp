#pragma once

#include <shardbridge/detail/branch.hpp>
#include <shardbridge/detail/scope_stop.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <stop_token>
#include <utility>

namespace shardbridge {

/** @brief Runs the task and gives its result. When a stop is requested of `token`, by any thread, it is cancelled and
 *  waited for: what it waits for throws `boost::asio::error::operation_aborted`, and so does this, unless the task ends
 *  otherwise.
 *  @par Ownership      whoever requests the stop is not waited for, and never waits; nothing but the shared state of
 *                      the token needs to live on
 *  @par Cancellation   with the task that awaits it
 *  @par Errors         what the task throws; std::bad_alloc
 *  @par Thread-safety  the thread of `on`; a stop may be requested by any */
template <class T>
[[nodiscard]] task<T> with_stop(shard& on, std::stop_token token, task<T> work) {
  detail::branches_wait all(on.runtime(), 1);
  const detail::scope_stop watch(on.runtime(), all.inside, std::move(token));
  detail::outcome<T> result;
  const detail::branch only =
      detail::run_beside(on.runtime(), all, std::move(work), result, [](const auto&) noexcept {});
  co_await all;
  co_return result.take();
}

} // namespace shardbridge
