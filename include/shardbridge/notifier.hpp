#pragma once

#include <shardbridge/detail/notification.hpp>
#include <shardbridge/detail/notifier_impl.hpp>
#include <shardbridge/detail/post_awaiter.hpp>
#include <shardbridge/notifier_options.hpp>
#include <shardbridge/pressure_level.hpp>
#include <shardbridge/shard.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace shardbridge {

/** @brief Calls functions on an Asio executor for code that runs on shards, of whatever groups: bounded, so that an
 *  executor that does not keep up makes tasks wait, never shards.
 *
 *      shardbridge::notifier note(context);
 *      // on a shard, in a task:
 *      auto show_row = [row = std::move(row)] { show(row); };
 *      co_await note.post(self, std::move(show_row));
 *
 *  Functions are called one at a time: one before another if its post, or try_post(), was over before that of the
 *  other began, or began before it on the same shard. Every 100 microseconds the executor's other handlers have their
 *  turn. While nothing is outstanding, the execution context is given no work.
 *
 *  What a function throws leaves `run()` of the execution context, as it does from any handler; the others are called
 *  all the same.
 *  @par Ownership     shares its core with what is posted and who waits, so it may be destroyed before them. When the
 *  execution context is destroyed, functions that were not called are destroyed uninvoked, as Asio does, and those who
 *  wait, or come later, get `errc::stopped`.
 *  @par Thread-safety distinct objects safe; a shared one safe for everything but destruction */
template <class Executor = boost::asio::any_io_executor>
class basic_notifier {
 public:
  /// Of the functions that are called.
  using executor_type = Executor;

  /// Functions are called on `executor`, which must belong to a `boost::asio::execution_context`. Throws
  /// `std::invalid_argument` naming the option that makes no sense.
  explicit basic_notifier(const Executor& executor, const notifier_options& options = {})
      : impl_(detail::notifier_impl<Executor>::create(executor, options)) {}

  /// The same on the executor of `context`.
  template <class Context>
    requires std::is_convertible_v<Context&, boost::asio::execution_context&> &&
             std::is_constructible_v<Executor, typename Context::executor_type>
  explicit basic_notifier(Context& context, const notifier_options& options = {})
      : basic_notifier(Executor(context.get_executor()), options) {}

  /// As close().
  ~basic_notifier() { close(); }
  basic_notifier(const basic_notifier&) = delete;
  basic_notifier& operator=(const basic_notifier&) = delete;

  /// Where functions are called. Any thread.
  [[nodiscard]] executor_type get_executor() const noexcept { return impl_->executor(); }

  /** @brief Awaited once, in a task on `self`: waits for room, then has `function()` called on the executor.
   *  It does not wait for the call. Where there is room it does not wait at all: a task that posts much should
   *  shard::yield() now and then.
   *  @par Preconditions gcc 12 destroys twice what a lambda captures that is written in the awaited expression itself:
   *  there such a lambda is made before, as above, or captures nothing that has a destructor
   *  @par Capacity      one of notifier_options::capacity, from then until the function has returned or thrown and is
   *  destroyed. Who waits is served first come, first served, over all shards; room is his before he is resumed.
   *  @par Ownership     the function is moved into the one piece of memory that is allocated. If this throws it is
   *  destroyed on the shard, uncalled.
   *  @par Errors        throws `boost::system::system_error`: `errc::no_room` where max_waiters wait already;
   *  `errc::stopped` on a notifier that is closed, or whose context has ended, and on a shard that stops, then or while
   *  it waits. std::bad_alloc, and what moving the function throws, before it is awaited.
   *  @par Thread-safety the thread of `self` */
  template <class Function>
    requires std::invocable<std::decay_t<Function>>
  [[nodiscard]] auto post(shard& self, Function&& function) {
    return detail::post_awaiter(self.runtime(), impl_, detail::make_notification(std::forward<Function>(function)));
  }

  /// Has `function()` called if there is room now and nobody waits for it. False: there is none, or the notifier is
  /// closed; the function is untouched. Any thread. Throws std::bad_alloc, and what moving the function throws.
  template <class Function>
    requires std::invocable<std::decay_t<Function>>
  [[nodiscard]] bool try_post(Function&& function) {
    if (!impl_->try_take_room()) return false;
    try {
      impl_->use_room(detail::make_notification(std::forward<Function>(function)));
    } catch (...) {
      impl_->give_up_room();
      throw;
    }
    return true;
  }

  /// Accepts nothing from now on; those who wait for room get `errc::stopped`. What is accepted is called. Any thread.
  void close() noexcept { impl_->close(); }

  /// How full it is: functions outstanding over notifier_options::capacity. Any thread.
  [[nodiscard]] pressure_level level() const noexcept { return impl_->level(); }

  /// Exact counters; all of them together are of nearly one moment. Any thread.
  [[nodiscard]] notifier_stats stats() const { return impl_->stats(); }

 private:
  std::shared_ptr<detail::notifier_impl<Executor>> impl_;
};

template <class Executor>
basic_notifier(const Executor&, const notifier_options& = {}) -> basic_notifier<Executor>;

template <class Context>
  requires std::is_convertible_v<Context&, boost::asio::execution_context&>
basic_notifier(Context&, const notifier_options& = {}) -> basic_notifier<typename Context::executor_type>;

/// On any executor of Asio's.
using notifier = basic_notifier<>;

} // namespace shardbridge
