// The Asio side of a bridge without Asio: admission, the way to the shards and back, and who drains the replies. What
// needs an executor is virtual, so that the compiled library holds no Asio code and fits any configuration of it.
#pragma once

#include <shardbridge/detail/operation.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/permit.hpp>
#include <shardbridge/stats.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace shardbridge::detail {

struct group_core;
class operation_list;
class lane_item;
class ordered_lane;

class bridge_core : public std::enable_shared_from_this<bridge_core> {
 public:
  /// Throws std::invalid_argument for nonsense options.
  bridge_core(std::shared_ptr<group_core> group, const bridge_options& options);
  bridge_core(const bridge_core&) = delete;
  bridge_core& operator=(const bridge_core&) = delete;

  /// Takes the operation over: it is delivered exactly once, from inside this call only `post`ed or `immediate`. Any
  /// thread.
  void initiate(operation& op) noexcept;
  /// The same with a permit taken before, if it is of this bridge and large enough.
  void initiate(operation& op, permit taken) noexcept;
  /// Takes over an operation that has its result without a shard: it is delivered with that.
  void answer(operation& op, op_result result, operation::delivery how) noexcept;
  /// Has the operation timed, if it is one of those to be timed and nobody else does. Any thread.
  void sample(operation& op) noexcept;
  /// Empty: there is no room now, or there never is.
  [[nodiscard]] permit try_acquire(std::size_t bytes) noexcept;
  /// A permit that was not used.
  void give_up(std::size_t bytes) noexcept;
  /// The operation must not have been delivered. Any thread.
  void cancel(operation& op, cancel_kind kind) noexcept;
  /// Everything initiated on the file before. Any thread. Throws std::bad_alloc.
  void cancel_file(descriptor& file);
  /// Gives up a user's reference to a file.
  static void release(descriptor& file) noexcept;

  /// Accepts nothing any more, and those who wait are refused. What is accepted completes. Any thread.
  void stop() noexcept;

  [[nodiscard]] pressure_level level() const noexcept;
  [[nodiscard]] bridge_stats stats() const;
  [[nodiscard]] std::size_t shards() const noexcept;
  /// Whether this thread is inside a handler that the bridge calls, during which the core stays.
  [[nodiscard]] bool delivers_here() const noexcept;
  /// Where the next file goes: each on another shard, in turn.
  [[nodiscard]] std::size_t next_shard() noexcept;
  /// Where an operation goes whose own shard is this.
  [[nodiscard]] std::size_t place(placement how, std::size_t own) noexcept;
  [[nodiscard]] placement default_placement() const noexcept { return placement_; }
  [[nodiscard]] std::size_t shard_for_key(std::uint64_t key) const noexcept;
  /// Gives the operation its shard, and its order. False: there is no such shard, or the sequence is another bridge's.
  [[nodiscard]] bool place(operation& op, const op_options& options, std::size_t own) noexcept;
  /// The same where the shard is given. False: there is no such shard.
  [[nodiscard]] bool place(operation& op, std::size_t shard) const noexcept;
  /// Throws std::invalid_argument, std::bad_alloc.
  [[nodiscard]] std::shared_ptr<ordered_lane> make_order(std::size_t shard) const;
  [[nodiscard]] std::chrono::nanoseconds default_timeout() const noexcept { return timeout_; }

 protected:
  virtual ~bridge_core();

  /// A duplicate of the eventfd that says that replies have come; the caller owns it. Throws std::system_error.
  [[nodiscard]] int duplicate_of_wake() const;

  /// The descriptor became readable. On the bridge's executor.
  void woken();
  /// Delivers what has come back. On the bridge's executor, by whoever has the role.
  void drain();
  /// On the bridge's executor, when the timer fires.
  void expire_waiters();
  /// Whether tell_changes() is wanted when the level has changed. Any thread.
  void observe_changes(bool wanted);
  /// On the bridge's executor, until there is none.
  [[nodiscard]] std::optional<pressure_level> fetch_change();
  /// The execution context goes: waits until nothing is outstanding and destroys every operation unanswered.
  void abandon() noexcept;

 private:
  /// Calls woken() when the descriptor is readable.
  virtual void wait_for_replies() = 0;
  /// Calls drain() soon.
  virtual void post_drain() = 0;
  /// Calls expire_waiters() at `deadline`, instead of when asked before; `never`: not at all.
  virtual void set_timer(std::int64_t deadline) = 0;
  /// Has the changes of the level fetched and told soon, on the bridge's executor.
  virtual void post_changes() = 0;

  class batch;
  class outbox;

  void refuse(operation& op, errc why, operation::delivery how) noexcept;
  void end(operation& op, operation::delivery how) noexcept;
  void send_all(operation_list& admitted) noexcept;
  void send(operation& op, operation_list& unsent) noexcept;
  void push(std::size_t shard, std::span<const lane_item> items, operation_list& unsent) noexcept;
  void take_leftovers(std::size_t shard, operation_list& into) noexcept;
  void return_unsent(operation_list& unsent, operation_list& admitted) noexcept;
  void tell(std::size_t shard, lane_item item) noexcept;
  void collect(std::span<operation* const> ended) noexcept;
  void admit(operation_list& granted) noexcept;
  void tell_news() noexcept;
  void tell_shards() noexcept;
  void wake_delivery() noexcept;
  /// After a waiter gave up: the room it was too large for may do for the next.
  void admit_next() noexcept;
  void send_orders(op_code what, descriptor* file);
  void deliver_all(operation_list& ended, op_result result, operation::delivery how) noexcept;
  void take_role_if_free() noexcept;
  std::uint32_t observe_replies() noexcept;
  /// Nanoseconds it took, or nothing if none came.
  std::optional<std::int64_t> look_for_replies(std::uint32_t seen, std::int64_t now, std::size_t outstanding);
  bool rest(std::uint32_t dry_at);
  void restart_timer() noexcept;

  const std::chrono::nanoseconds timeout_;
  const placement placement_;

 protected:
  struct parts;
  const std::unique_ptr<parts> parts_;
};

} // namespace shardbridge::detail
