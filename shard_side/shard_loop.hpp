// The loop of one shard: takes bridge traffic, keeps the kernel busy, hands results back, sleeps when there is nothing.
//
// Threads: the shard's own.
//
// Invariants
//  1. An operation taken from a lane, or begun by the shard's own code, is in exactly one place: backlog (not started),
//     parked (a close waiting to be the only user, a sync that has succeeded waiting for others of the file), slot (in
//     the kernel), held (ended, a cancel message about it still on its way), a task (a call that it goes on with) or a
//     batch of replies. So is a call that code of another shard has made, or of this one, until it is answered.
//  2. Before every sleep no reply is pending, and nothing was published since the lanes were last looked at.
//  3. Each turn takes a bounded number of requests and messages, runs calls for a slice of time and tasks for another,
//     and starts operations as long as there are slots, one of the bridges' and one of the shard's own: whoever is left
//     over does not wait longer than one turn for his share of the next.
//  4. The loop ends only when all these places are empty and no task is left, but for slots whose operations have been
//     answered, after shutdown_timeout: those are quarantined. What is pushed after that is answered by whoever pushed
//     it (answer_leftovers, shard_port::bounce_messages).
#pragma once

#include <shardbridge/detail/shard_runtime.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/shard.hpp>

#include <bridge/deadline_heap.hpp>
#include <bridge/operation_list.hpp>
#include <bridge/shard_port.hpp>
#include <bridge/spin_policy.hpp>
#include <shard_side/backlog.hpp>
#include <shard_side/in_flight.hpp>
#include <shard_side/stall_watch.hpp>
#include <shard_side/timer_wheel.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>

namespace shardbridge::detail {

class shard_loop final : private in_flight::sink, public shard_runtime {
 public:
  /// `ports`: of all shards of the group; `index`: which of them it is.
  shard_loop(std::deque<shard_port>& ports, driver& kernel, const shard_group_options& options, std::size_t index,
             loop_counters& counters);
  ~shard_loop();
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

  /// Requests taken from one connection at a time, so that none waits long behind another's; and messages.
  static constexpr std::size_t take_batch = 64;

  /// Nothing to do, and `seen` was published: looks again if that pays, then sleeps. False: only a completion can tell
  /// why it does not sleep any more.
  bool wait(std::uint32_t seen);
  void begin_turn();
  void run_hook(const std::function<void(shard&)>& hook) noexcept;
  void account_for_turn(std::int64_t now);
  void enter_now();
  void sleep(std::int64_t until);
  bool take_requests();
  void refresh_connections();
  void take(lane_item item, connection& from);
  void go_on(operation& op);
  [[nodiscard]] static bool overtaken_by_cancel(const operation& op) noexcept;
  void begin(operation& op);
  void begin_own(operation& op) override;
  void interrupt_own(operation& op) noexcept override { interrupt(op, reason::user); }
  void unpark_own(operation& op) override { go_on(op); }
  void begin_call(operation& op);
  void call(operation& op);
  void end_call(operation& op, op_result result) override;
  void queue(operation& op);
  void run_calls();
  void run_tasks();
  void set_timer(timer& which) noexcept override { timers_.set(which); }
  void stop_timer(timer& which) noexcept override { timers_.stop(which); }
  void post(message& what) noexcept override { port_.post(what); }
  void forget(message& what) noexcept override;
  std::size_t group_size() const noexcept override { return ports_.size(); }
  void send(std::size_t to, message& what) noexcept override;
  void take_call(operation& op) noexcept override;
  void cancel_call(operation& op, op_result cause) noexcept override;
  bool take_messages() noexcept;
  pressure_level level() const noexcept override;
  bool wait_level(level_waiter& which) override;
  void serve_level_waits() noexcept;
  void stop_tasks() noexcept;
  void task_failed(const std::exception_ptr& why) noexcept override;
  void cancel(operation& op);
  void cancel_many(operation& order);
  /// False: something could be started but for the SQ.
  bool start_backlog();
  bool start(operation& op);
  void interrupt(operation& op, reason why);
  void interrupt_parked(operation& op, reason why);
  void interrupt_task(operation& call, reason why) noexcept;
  void expire_deadlines();
  void begin_stop();
  void give_up();
  void bound_all(const connection& abandoned);
  void finish(operation& op, op_result result) override;
  void arrived(operation& op, const arrival& what) override;
  void return_buffer(std::uint16_t buffer) noexcept override { driver_.give_back(buffer); }
  bool has_buffers() const noexcept override { return driver_.buffers().lent < driver_.buffers().all; }
  bool may_keep_buffers() const noexcept override { return driver_.buffers().lent <= driver_.buffers().all / 2; }
  void park(operation& held) override;
  void announce(operation& parked) override;
  wake_word::published wake_up(std::size_t shard, wake_side& wake) noexcept;
  void message_failed(std::uint32_t shard) override;
  void hand_back(operation& op);
  void flush_replies();
  void flush(connection& to);
  [[nodiscard]] bool empty() const noexcept;
  void close();

  std::deque<shard_port>& ports_;
  shard_port& port_;
  driver& driver_;
  shard self_;
  loop_counters& counters_;
  const bool sends_messages_;
  const std::chrono::nanoseconds shutdown_timeout_;
  const std::int64_t slice_;
  const std::function<void(const std::exception_ptr&)> on_task_failure_;
  const std::function<void(shard&)> on_turn_;
  const std::function<void(shard&)> on_idle_;

  shard_port::connections connections_;
  std::uint64_t connections_version_ = UINT64_MAX;
  std::array<lane_item, take_batch> taken_{}; ///< from a lane, while they begin
  in_flight in_flight_;
  spin_policy spin_;
  std::uint32_t published_ = 0; ///< as last observed
  message_list arrived_;        ///< taken from the port
  deadline_heap deadlines_;
  timer_wheel timers_;
  backlog backlog_;            ///< of what waits for a slot
  backlog calls_;              ///< of calls that this turn has no time for
  operation_list called_;      ///< calls that a task goes on with
  std::int64_t call_time_ = 0; ///< of this turn
  std::size_t own_ = 0;        ///< operations of the shard's own code that have not ended
  operation_list parked_;
  std::size_t held_ = 0;
  stall_watch stalls_;
  bool gave_up_ = false;
  std::int64_t give_up_at_ = never;
  errc stop_cause_ = errc::stopped;
};

} // namespace shardbridge::detail
