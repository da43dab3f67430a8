#pragma once

#include "engine.hpp"
#include "operation_store.hpp"
#include "pressure_account.hpp"
#include "producer.hpp"

#include "../common/countdown.hpp"
#include "../common/random.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <string>

namespace shardbridge::bench {

/// The Asio service that is under load: its threads, its clients and the engine that reads for it.
///
/// Threads: one, but for what it says of itself.
class pressure_service final : private operation_listener {
 public:
  using clock = std::chrono::steady_clock;

  /// Reads blocks of the file or device at `path`, which has `size` bytes. Throws what make_engine() throws.
  pressure_service(const pressure_setting& what, const std::string& path, std::uint64_t size);
  ~pressure_service() { close(); }

  /// Keeps so many operations outstanding until stop_load().
  void start_closed_loop(unsigned outstanding);
  /// Offers so many a second from `begin` to `end`.
  void start_open_loop(phase in, clock::time_point begin, clock::time_point end, double per_second);
  /// What is outstanding goes on; nothing more is offered when this returns.
  void stop_load();

  /// Whether every operation has ended.
  bool quiet() const;
  /// What was not begun ends soon, and nothing can be offered any more.
  void give_up() { engine_->give_up(); }
  /// Ends everything and waits for it; only account(), levels() and most_operations() are of use afterwards.
  /// Idempotent.
  void close();

  // Any thread.
  pressure_account& account() noexcept { return account_; }
  const pressure_account& account() const noexcept { return account_; }
  level_log& levels() noexcept { return levels_; }
  queue_state state() const { return engine_->state(); }
  std::size_t most_operations() const { return store_.most(); }

 private:
  using executor = boost::asio::thread_pool::executor_type;

  void offer(phase in, clock::time_point intended);
  void end(operation& what, bool go_on);

  void completed(operation& what) override;
  void refused(operation& what) override;
  void abandoned(operation& what) override;
  void failed(operation& what, const std::string& why) override;

  const pressure_setting what_;
  const std::uint64_t blocks_;
  operation_store store_;
  pressure_account account_;
  level_log levels_;
  std::atomic<std::uint64_t> turn_; ///< Of the choice of blocks.
  std::atomic<bool> stopped_{true};
  countdown producing_;
  std::deque<producer<executor>> producers_;
  boost::asio::thread_pool threads_;
  std::unique_ptr<pressure_engine> engine_;
};

} // namespace shardbridge::bench
