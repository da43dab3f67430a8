#pragma once

#include <shardbridge/detail/bridge_impl.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/shard_group.hpp>
#include <shardbridge/stats.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <memory>
#include <type_traits>

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
  using executor_type = Executor;

  /// `executor` must belong to a `boost::asio::execution_context`; completions are collected on it.
  /// Throws `std::invalid_argument` naming the option that makes no sense, `std::system_error` without descriptors.
  basic_bridge(const Executor& executor, shard_group& group, const bridge_options& options = {})
      : impl_(detail::bridge_impl<Executor>::create(executor, group.core(), options)) {}

  template <class Context>
    requires std::is_convertible_v<Context&, boost::asio::execution_context&> &&
             std::is_constructible_v<Executor, typename Context::executor_type>
  basic_bridge(Context& context, shard_group& group, const bridge_options& options = {})
      : basic_bridge(Executor(context.get_executor()), group, options) {}

  /// As stop(). What is outstanding completes.
  ~basic_bridge() { stop(); }
  basic_bridge(const basic_bridge&) = delete;
  basic_bridge& operator=(const basic_bridge&) = delete;

  [[nodiscard]] executor_type get_executor() const noexcept { return impl_->executor(); }

  /// Refuses what comes later and those who wait for a permit with `errc::stopped`. Accepted operations complete.
  void stop() noexcept { impl_->stop(); }

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

using bridge = basic_bridge<>;

} // namespace shardbridge
