#pragma once

#include <shardbridge/options.hpp>
#include <shardbridge/stats.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace shardbridge {

namespace detail {
struct group_core;
class running_group;
} // namespace detail

/// A group of shards: threads, each with an io_uring of its own, that run the operations of any number of bridges.
/// Where io_uring does not work, each has threads of its own for what blocks: see shard_group_options::backend.
///
/// Thread-safety: distinct objects safe; a shared one safe for everything but destruction.
class shard_group {
 public:
  /// Starts the shards and returns when each has completed an operation on its ring, or runs without one.
  /// Throws `std::invalid_argument` naming the option that makes no sense, `std::system_error` with a sentence where
  /// io_uring is wanted and does not work here, what it runs on instead cannot be set up, or a thread cannot be
  /// started.
  explicit shard_group(shard_group_options options = {});

  /// stop() and join(). Not on a shard's own thread.
  ~shard_group();
  shard_group(const shard_group&) = delete;
  shard_group& operator=(const shard_group&) = delete;

  /// How many shards there are; they are numbered from 0.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Asks the shards to end, without waiting. Operations that come later, or that wait on the shards, complete with
  /// `errc::stopped`; reads in the kernel are cancelled, writes and syncs finish. Nothing is lost: each accepted
  /// operation still completes exactly once on its bridge. Idempotent.
  void stop() noexcept;

  /// Waits until the shards have ended: when the kernel holds nothing of any operation, or, of those that own their
  /// memory, for `shutdown_timeout` after the stop. What is quarantined then keeps a thread and its ring until the
  /// kernel lets go, without the group. Needs a stop(), by any thread. Not on a shard's own thread. Idempotent.
  void join() noexcept;

  /// What the shards run on; never `automatic`.
  [[nodiscard]] shardbridge::backend backend_in_use() const noexcept;

  /// What was chosen and why, in a sentence: on `backend::thread_pool` that was not asked for, what the kernel refused,
  /// its errno in words, and what is used instead.
  [[nodiscard]] const std::string& backend_reason() const noexcept;

  /// One entry a shard. Never blocks a shard; each number is exact, all of them together are of nearly one moment.
  [[nodiscard]] std::vector<shard_stats> stats() const;

  /// For bridges.
  [[nodiscard]] std::shared_ptr<detail::group_core> core() const noexcept;

 private:
  std::shared_ptr<detail::running_group> running_;
};

} // namespace shardbridge
