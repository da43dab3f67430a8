#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/options.hpp>

#include <cstddef>
#include <memory>

namespace shardbridge {

template <class Executor>
class basic_bridge;

namespace detail {
class ordered_lane;
}

/// An order of operations that different threads initiate one after the other, as a strand does. Those that are given
/// it by `op_options::sequence`, one initiating function returning before the next is called, go to one shard and,
/// admitted without waiting and in one class of priority, are taken there in that order. Without it only those of one
/// thread are.
///
/// What is taken in order starts in order: functions of async_call() run in it. Reads and writes are handed to the
/// kernel in it, which promises nothing; who needs one to follow the other waits for the first.
///
/// Thread-safety: distinct objects safe; a shared one safe for initiating, though what threads initiate at once has no
/// order. It may be destroyed before the operations end, before and after the bridge.
class sequence {
 public:
  /// On the shard with this number. Throws `std::invalid_argument` if the group has none such, `std::bad_alloc`.
  template <class Executor>
  sequence(basic_bridge<Executor>& on, std::size_t shard) : sequence(on.impl(), shard) {}
  /// On the next shard in turn.
  template <class Executor>
  explicit sequence(basic_bridge<Executor>& on) : sequence(on, on.shard_for(placement::in_turn)) {}
  /// Operations that were given it go on, in its order.
  ~sequence();
  sequence(const sequence&) = delete;
  sequence& operator=(const sequence&) = delete;

  /// The number of the shard that its operations go to. Any thread.
  [[nodiscard]] std::size_t shard() const noexcept { return shard_; }

 private:
  friend class detail::bridge_core;
  sequence(const std::shared_ptr<detail::bridge_core>& on, std::size_t shard);

  std::size_t shard_;
  std::shared_ptr<detail::ordered_lane> lane_;
};

} // namespace shardbridge
