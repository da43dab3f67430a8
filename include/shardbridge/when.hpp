// Waiting for several tasks of one shard.
//
// The tasks run beside one another, in turn with all others that are ready, inside the one that awaits them: they are
// cancelled with it, destroyed with it, and what they take by reference from it outlives them.
#pragma once

#include <shardbridge/detail/when_impl.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace shardbridge {

/** @brief Runs all the tasks and gives their results, in a tuple; std::monostate for one that gives nothing.
 *  When one fails, the others are cancelled and waited for, and what failed first is thrown.
 *  @par Cancellation   with the task that awaits it
 *  @par Errors         what a task throws; std::bad_alloc
 *  @par Thread-safety  the thread of `on` */
template <class... T>
  requires(sizeof...(T) > 0)
[[nodiscard]] auto when_all(shard& on, task<T>... work) {
  return detail::run_all(on.runtime(), std::index_sequence_for<T...>(), std::move(work)...);
}
/// The same with any number of tasks: gives a vector.
template <class T>
[[nodiscard]] auto when_all(shard& on, std::vector<task<T>> work) {
  return detail::run_all(on.runtime(), std::move(work));
}

/** @brief Runs all the tasks until one has ended, cancels the others and waits for them. Gives the result of the one
 *  that ended first, in a variant whose index() says which; std::monostate if it gives nothing. If that one failed, it
 *  throws what that one threw. What the others ended with is dropped.
 *  @par Cancellation   with the task that awaits it
 *  @par Errors         what the first task throws; std::bad_alloc
 *  @par Thread-safety  the thread of `on` */
template <class... T>
  requires(sizeof...(T) > 0)
[[nodiscard]] auto when_any(shard& on, task<T>... work) {
  return detail::run_any(on.runtime(), std::index_sequence_for<T...>(), std::move(work)...);
}
/// The same with any number of tasks, of which there must be one: gives a pair of its number and its result.
template <class T>
[[nodiscard]] auto when_any(shard& on, std::vector<task<T>> work) {
  assert(!work.empty() && "shardbridge::when_any: none of no tasks ends");
  return detail::run_any(on.runtime(), std::move(work));
}

} // namespace shardbridge
