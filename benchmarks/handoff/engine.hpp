#pragma once

#include "../common/countdown.hpp"
#include "client.hpp"
#include "io_threads.hpp"
#include "round.hpp"
#include "setting.hpp"

#include <deque>
#include <string>

namespace shardbridge::bench {

/// A way to hand something over to another thread and to be told when it is done there, and the Asio service that uses
/// it. Everything is set up by the constructor; between rounds an engine sleeps.
class handoff_engine {
 public:
  handoff_engine(const handoff_setting& what, const handoff_cpus& cpus);
  handoff_engine(const handoff_engine&) = delete;
  handoff_engine& operator=(const handoff_engine&) = delete;
  virtual ~handoff_engine() = default;

  /// Runs all clients until the time is over or the user interrupts, and returns when the last operation has ended.
  /// Then once more, shorter, to count system calls where that is possible. Throws run_failure when an operation was
  /// lost or came back twice.
  handoff_round run_round(double seconds);

 protected:
  boost::asio::io_context& clients() noexcept { return service_.context(); }

  /// Before the engine destroys what a client's thread could be about to leave.
  void join_clients() { service_.join(); }

  // Exactly one of these is called for what initiate() began, on the clients' context. Both go on with the next.
  void completed(handoff_client& who);
  void failed(handoff_client& who, const std::string& why);

 private:
  /// Begins the client's operation. What it calls in the end is never called from inside.
  virtual void initiate(handoff_client& who) = 0;

  void go_on(handoff_client& who);
  void start_clients();
  handoff_round run_timed(double seconds);
  void count_syscalls(double seconds, handoff_round& into);

  const handoff_setting what_;
  handoff_load shared_;
  std::deque<handoff_client> clients_;
  countdown running_;
  io_threads service_;
};

} // namespace shardbridge::bench
