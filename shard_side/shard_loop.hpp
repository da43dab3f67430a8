// The loop of one shard: takes bridge traffic, keeps the kernel busy, hands results back, sleeps when there is nothing.
//
// Threads: the shard's own.
//
// Invariants
//  1. An operation taken from a lane is in exactly one place: backlog (not started), parked (a close waiting to be the
//     only user, a sync that has succeeded waiting for others of the file), slot (in the kernel), held (ended, a cancel
//     message about it still on its way) or a batch of replies.
//  2. Before every sleep no reply is pending, and nothing was published since the lanes were last looked at.
//  3. The loop ends only when all these places are empty, but for slots whose operations have been answered, after
//     shutdown_timeout: those are quarantined. What is pushed after that is answered by whoever pushed it
//     (answer_leftovers).
#pragma once

#include <shardbridge/options.hpp>
#include <shardbridge/shard.hpp>

#include <bridge/deadline_heap.hpp>
#include <bridge/operation_list.hpp>
#include <bridge/shard_port.hpp>
#include <bridge/spin_policy.hpp>
#include <shard_side/backlog.hpp>
#include <shard_side/in_flight.hpp>
#include <shard_side/stall_watch.hpp>

#include <chrono>
#include <cstdint>
#include <deque>

namespace shardbridge::detail {

class shard_loop final : private in_flight::sink {
 public:
  /// `ports`: of all shards of the group.
  shard_loop(std::deque<shard_port>& ports, driver& kernel, const shard_group_options& options, shard& self,
             loop_counters& counters);
  ~shard_loop() { counters_.begin_or_end(); }
  shard_loop(const shard_loop&) = delete;
  shard_loop& operator=(const shard_loop&) = delete;

  /// Until a stop was requested and everything is answered.
  void run();

  /// One pass. False: it was the last.
  bool turn();

  /// Behind the end: operations that have been answered and that the kernel has not let go of.
  [[nodiscard]] std::size_t quarantined() const noexcept { return in_flight_.size(); }
  /// Keeps their memory until it has.
  void outlast_quarantined();

 private:
  using reason = op_fsm::reason;

  /// Nothing to do, and `seen` was published: looks again if that pays, then sleeps. False: only a completion can tell
  /// why it does not sleep any more.
  bool wait(std::uint32_t seen);
  void begin_turn();
  void account_for_turn(std::int64_t now);
  void enter_now();
  void sleep(std::int64_t until);
  bool take_requests();
  void take(lane_item item, connection& from);
  void go_on(operation& op);
  void begin(operation& op);
  void cancel(operation& op);
  void cancel_many(operation& order);
  /// False: something could be started but for the SQ.
  bool start_backlog();
  bool start(operation& op);
  void interrupt(operation& op, reason why);
  void interrupt_parked(operation& op, reason why);
  void expire_deadlines();
  void begin_stop();
  void give_up();
  void bound_all(const connection& abandoned);
  void finish(operation& op, op_result result) override;
  void park(operation& held) override;
  void announce(operation& parked) override;
  void message_failed(std::uint32_t shard) override;
  void hand_back(operation& op);
  void flush_replies();
  void flush(connection& to);
  [[nodiscard]] bool empty() const noexcept;
  void close();

  std::deque<shard_port>& ports_;
  shard_port& port_;
  driver& driver_;
  shard& self_;
  loop_counters& counters_;
  const bool sends_messages_;
  const std::chrono::nanoseconds shutdown_timeout_;

  shard_port::connections connections_;
  std::uint64_t connections_version_ = UINT64_MAX;
  in_flight in_flight_;
  spin_policy spin_;
  std::uint32_t published_ = 0; ///< as last observed
  deadline_heap deadlines_;
  backlog backlog_;
  operation_list parked_;
  std::size_t held_ = 0;
  std::int64_t now_ = 0;
  stall_watch stalls_;
  bool stopping_ = false;
  bool gave_up_ = false;
  std::int64_t give_up_at_ = never;
  errc stop_cause_ = errc::stopped;
};

} // namespace shardbridge::detail
