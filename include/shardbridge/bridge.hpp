#pragma once

#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/bridge_impl.hpp>
#include <shardbridge/detail/completion_token.hpp>
#include <shardbridge/detail/requests.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/permit.hpp>
#include <shardbridge/pressure_level.hpp>
#include <shardbridge/shard_group.hpp>
#include <shardbridge/stats.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace shardbridge {

/// Joins an Asio execution context to a group of shards: operations initiated on it go to the shards within its limits,
/// and their handlers run on their associated executors.
///
/// It and the files on it share one core, so they may be destroyed in any order, before or after the group. When the
/// execution context is destroyed, its destructor waits until the kernel holds nothing of the bridge's operations, or
/// for `shard_group_options::shutdown_timeout` where they own their memory, and their handlers are destroyed uninvoked,
/// as Asio does.
///
/// While an operation is outstanding, the bridge keeps one wait pending on the execution context, which is therefore
/// not out of work; while none is, it makes no system call.
///
/// Thread-safety: distinct objects safe; a shared one safe for everything but destruction.
template <class Executor = boost::asio::any_io_executor>
class basic_bridge {
 public:
  static_assert(boost::asio::can_query_v<const Executor&, boost::asio::execution::context_t>,
                "the executor of a bridge must belong to a boost::asio::execution_context");

  /// Of the bridge, and by default of handlers.
  using executor_type = Executor;

  /// Completions are collected on `executor`, which must belong to a `boost::asio::execution_context`.
  /// Throws `std::invalid_argument` naming the option that makes no sense, `std::system_error` without descriptors.
  basic_bridge(const Executor& executor, shard_group& group, const bridge_options& options = {})
      : impl_(detail::bridge_impl<Executor>::create(executor, group.core(), options)) {}

  /// The same on the executor of `context`.
  template <class Context>
    requires std::is_convertible_v<Context&, boost::asio::execution_context&> &&
             std::is_constructible_v<Executor, typename Context::executor_type>
  basic_bridge(Context& context, shard_group& group, const bridge_options& options = {})
      : basic_bridge(Executor(context.get_executor()), group, options) {}

  /// As stop(). What is outstanding completes.
  ~basic_bridge() { stop(); }
  basic_bridge(const basic_bridge&) = delete;
  basic_bridge& operator=(const basic_bridge&) = delete;

  /// Where replies are collected, and handlers run that have no executor of their own. Any thread.
  [[nodiscard]] executor_type get_executor() const noexcept { return impl_->executor(); }

  /// Refuses what comes later and those who wait for a permit with `errc::stopped`. Accepted operations complete.
  void stop() noexcept { impl_->stop(); }

  /// Room for one operation of so many bytes, without waiting and without overtaking who waits; an empty permit if
  /// there is none now, never is (above `max_bytes`), or the bridge is stopped. For `op_options::permit`. Any thread.
  [[nodiscard]] permit try_acquire(std::size_t bytes) noexcept { return impl_->try_acquire(bytes); }

  /// The pressure now. Any thread, shards too.
  [[nodiscard]] pressure_level level() const noexcept { return impl_->level(); }

  /** @brief Waits until the level is `at_most` or below; completes at once if it is.
   *  Each waiter sees the first change that satisfies it, even if the level rises again at once.
   *  @par Deadline            that of `op_options`; the defaults of bridge and group are for operations
   *  @par Capacity            no permit, and no place among `max_waiters`
   *  @par Handler signature   void(error_code)
   *  @par Executor            the handler's associated executor, by default the bridge's
   *  @par Cancellation        at any time
   *  @par Errors              `errc::stopped`, `errc::expired_waiting`, `operation_aborted`
   *  @par Thread-safety       any thread */
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_wait_level(pressure_level at_most, const op_options& options, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
        detail::initiation<Executor>(impl_, get_executor()), token,
        detail::level_request{.file = {}, .at_most = at_most}, options, detail::no_options, no_timeout,
        detail::own_shard{.index = 0}, std::optional<detail::op_result>());
  }
  /// The same with default options.
  template <detail::completion_token Token = boost::asio::default_completion_token_t<Executor>>
  auto async_wait_level(pressure_level at_most, Token&& token = Token()) {
    return async_wait_level(at_most, detail::no_options, std::forward<Token>(token));
  }

  /// Has `observer` called once for every change of the level from now on, with the new level, on the bridge's
  /// executor, in the order of the changes and never twice at a time. It replaces the one before; an empty one ends it.
  /// It is kept, with what it holds, until it is replaced or bridge and files are gone. What it throws leaves `run()`
  /// of the execution context, and the next change is told all the same. Any thread.
  void on_level_change(std::function<void(pressure_level)> observer) { impl_->on_level_change(std::move(observer)); }

  /// The shard that an operation without a file would go to now. Any thread.
  [[nodiscard]] std::size_t shard_for(placement how) noexcept { return impl_->place(how, impl_->next_shard()); }
  /// The same shard for the same key, as long as the group has as many. The keys need not be spread. Any thread.
  [[nodiscard]] std::size_t shard_for_key(std::uint64_t key) const noexcept { return impl_->shard_for_key(key); }

  /// Exact counters; all of them together are of nearly one moment.
  [[nodiscard]] bridge_stats stats() const { return impl_->stats(); }

  /// For files and calls.
  [[nodiscard]] const std::shared_ptr<detail::bridge_impl<Executor>>& impl() const noexcept { return impl_; }

 private:
  std::shared_ptr<detail::bridge_impl<Executor>> impl_;
};

template <class Executor>
basic_bridge(const Executor&, shard_group&, const bridge_options& = {}) -> basic_bridge<Executor>;

template <class Context>
  requires std::is_convertible_v<Context&, boost::asio::execution_context&>
basic_bridge(Context&, shard_group&, const bridge_options& = {}) -> basic_bridge<typename Context::executor_type>;

/// On any executor of Asio's, as its own objects are by default; one of a concrete type saves the indirections.
using bridge = basic_bridge<>;

} // namespace shardbridge
