#pragma once

#include <shardbridge/detail/every_shard.hpp>
#include <shardbridge/detail/shard_instance.hpp>
#include <shardbridge/detail/shielded.hpp>
#include <shardbridge/io_options.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace shardbridge {

/** @brief A service with one instance on every shard of a group, so that none needs a lock: code on a shard uses the
 *  local one, and calls the others where they are.
 *
 *      class counters {
 *       public:
 *        explicit counters(shardbridge::shard& here);
 *        shardbridge::task<> start(); // if there is something to wait for
 *        shardbridge::task<> stop();  // likewise
 *      };
 *      shardbridge::sharded<counters> all;
 *
 *  T is constructible from `shard&` and what start() is given. Each instance is made, used and destroyed on its shard.
 *  @par Ownership     this object owns the instances, and must outlive them: until stop() has ended, or the group has
 *                     been joined. An instance that nobody has stopped when its shard stops is destroyed on the shard,
 *                     behind the last task there, without its `stop`.
 *  @par Thread-safety any shard of the group may use it once start() has ended; start() and stop() one at a time
 *  @see sharded.cpp */
template <class T>
class sharded {
 public:
  sharded() = default;
  sharded(const sharded&) = delete;
  sharded& operator=(const sharded&) = delete;
  /// No instance may be left, see class sharded.
  ~sharded() { assert(!started() && "shardbridge::sharded: destroyed without stop() while its shards live"); }

  /** @brief Makes an instance on every shard, all at once, each from its shard and `args`, which they may read at the
   *  same time, and awaits `T::start` where T has such a task.
   *  @par Preconditions  there are no instances
   *  @par Cancellation   with the task that awaits it: as a failure
   *  @par Errors         the first of what constructors and `T::start` throw, or a call to a shard. The others are
   *                      cancelled then; those that have started are stopped, all are destroyed, and waited for.
   *  @par Thread-safety  the thread of `on` */
  template <class... Args>
    requires std::constructible_from<T, shard&, const Args&...>
  [[nodiscard]] task<> start(shard& on, Args... args) {
    assert(!started() && "shardbridge::sharded: started twice");
    count_ = on.group_size();
    instances_ = std::make_unique<detail::shard_instance<T>[]>(count_);
    std::exception_ptr failed;
    try {
      co_await detail::call_all(on, [this, &args...](shard& here) { return at(here).start(here, args...); });
    } catch (...) {
      failed = std::current_exception();
    }
    if (!failed) co_return;
    try {
      co_await detail::shielded(on.runtime(), stop(on));
    } catch (...) { // the first failure is told
    }
    std::rethrow_exception(failed);
  }

  /** @brief Awaits `T::stop` of every instance, all at once, where T has such a task, and destroys each on its shard,
   *  even if that fails. Then start() may be called again. Nothing happens without instances.
   *  @par Preconditions  nobody uses the instances any more but their own `stop`
   *  @par Cancellation   with the task that awaits it, and so does each `T::stop`; an instance that this
   *                      has not come to is left, and stop() may be called again
   *  @par Errors         the first of what `T::stop` throws, or a call to a shard, when all have ended
   *  @par Thread-safety  the thread of `on` */
  [[nodiscard]] task<> stop(shard& on) {
    if (count_ == 0) co_return;
    co_await detail::call_all_to_the_end(on, [this](shard& here) { return at(here).stop(here); });
  }

  /// The instance of this shard, which must have been started. The thread of `here`.
  [[nodiscard]] T& local(shard& here) const noexcept {
    assert(here.index() < count_ && at(here).get() != nullptr && "shardbridge::sharded: no instance on this shard");
    return *at(here).get();
  }

  /// Awaited: calls `function(T&)`, plain or a task, on the shard `index`, as shard::call() does.
  template <class Function>
    requires std::invocable<Function&, T&>
  [[nodiscard]] auto invoke_on(shard& from, std::size_t index, Function function, const io_options& options = {}) {
    return from.call(index, on_local(std::move(function)), options);
  }

  /** @brief Calls a copy of `function(T&)`, plain or a task, on every shard, all at once. What they give is dropped.
   *  @par Cancellation   with the task that awaits it
   *  @par Errors         what fails first, after which the others are cancelled and waited for
   *  @par Thread-safety  the thread of `from` */
  template <class Function>
    requires std::invocable<Function&, T&>
  [[nodiscard]] task<> invoke_on_all(shard& from, Function function) {
    const auto called = on_local(std::move(function));
    co_await detail::call_all(from, called);
  }

  /** @brief Calls a copy of `map(T&)`, plain or a task, on every shard, all at once, and gives what
   *  `reduce(value, mapped)` makes, on this shard, of `initial` and what they give, in the order of the shards.
   *  @par Cancellation   with the task that awaits it
   *  @par Errors         what fails first, after which the others are cancelled and waited for
   *  @par Thread-safety  the thread of `from` */
  template <class Map, class Value, class Reduce>
    requires std::invocable<Map&, T&>
  [[nodiscard]] task<Value> map_reduce(shard& from, Map map, Value initial, Reduce reduce) {
    const auto called = on_local(std::move(map));
    auto mapped = co_await detail::call_all(from, called);
    for (auto&& each : mapped)
      initial = std::invoke(reduce, std::move(initial), std::move(each));
    co_return initial;
  }

 private:
  [[nodiscard]] detail::shard_instance<T>& at(shard& here) const noexcept { return instances_[here.index()]; }
  [[nodiscard]] bool started() const noexcept {
    for (std::size_t each = 0; each < count_; ++each)
      if (instances_[each].get() != nullptr) return true;
    return false;
  }
  template <class Function>
  [[nodiscard]] auto on_local(Function function) {
    return [this, function = std::move(function)](shard& here) mutable -> decltype(auto) {
      return std::invoke(function, local(here));
    };
  }

  std::unique_ptr<detail::shard_instance<T>[]> instances_; ///< one for each shard
  std::size_t count_ = 0;
};

} // namespace shardbridge
