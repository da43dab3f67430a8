#pragma once

#include "../common/countdown.hpp"
#include "../common/cpus.hpp"
#include "../common/memory.hpp"
#include "engine.hpp"
#include "sleep_until_due.hpp"
#include "timed_round.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/wait_traits.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <span>
#include <vector>

namespace shardbridge::bench {

/// The Asio service around an engine: a pool of threads and, on it, one coroutine for each client. Or several pools, of
/// one thread each, among which the clients are shared.
///
/// Included by programs with different Asio configurations, so nothing of it may be in a library they share.
class client_fleet {
 public:
  using executor_type = boost::asio::thread_pool::executor_type;
  using timer_type =
      boost::asio::basic_waitable_timer<bench_clock, boost::asio::wait_traits<bench_clock>, executor_type>;
  static constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable_t<executor_type>{});

  /// `cpus`: of a pool of one thread each, -1 for one that stays nowhere; empty: one pool of what.client_threads.
  /// `buffers`: one for each client, which the caller keeps; empty: some of its own.
  client_fleet(const workload& what, block_ledger* ledger, const std::vector<int>& cpus = {},
               const std::vector<std::span<std::byte>>& buffers = {})
      : shared_(what, ledger) {
    if (buffers.empty()) own_buffers_.emplace(what.depth, what.block);
    for (const int cpu : cpus) {
      const on_cpus there(cpu < 0 ? usable_cpus() : std::vector{cpu});
      pools_.emplace_back(1U);
    }
    if (cpus.empty()) pools_.emplace_back(what.client_threads);
    for (unsigned i = 0; i != what.depth; ++i)
      clients_.emplace_back(shared_, i, buffers.empty() ? (*own_buffers_)[i] : buffers[i]);
  }

  ~client_fleet() { join(); }

  /// Ends its threads; between rounds, and before the end of what they use: who posted what has completed since may not
  /// yet have returned from that.
  void join() {
    for (auto& pool : pools_)
      pool.join();
  }

  /// Of the pool with this number; there is one at least.
  executor_type get_executor(std::size_t pool = 0) { return pools_[pool].get_executor(); }
  const workload& what() const noexcept { return shared_.what; }

  /// `start(client, token)` initiates the client's operation with a token for void(error_code, std::size_t);
  /// `end(client, error, bytes)` says to the client what became of it.
  template <class Start, class End>
  round_result run_round(double seconds, Start start, End end) {
    return timed_round(shared_, seconds, [&] {
      running_.start(clients_.size());
      for (auto& client : clients_)
        boost::asio::co_spawn(get_executor(client.index() % pools_.size()),
                              what().open_loop() ? serve_as_due(client, start, end) : serve(client, start, end),
                              [this](std::exception_ptr failure) { running_.done(std::move(failure)); });
      running_.wait();
    });
  }

  template <class Start>
  round_result run_round(double seconds, Start start) {
    return run_round(seconds, start, [](block_client& client, boost::system::error_code error, std::size_t bytes) {
      // At the end of the file Asio reports eof with the bytes there were.
      error&& error != boost::asio::error::eof ? client.failed(error.message()) : client.completed(bytes);
    });
  }

 private:
  template <class Start, class End>
  static boost::asio::awaitable<void, executor_type> serve(block_client& client, Start start, End end) {
    while (client.next()) {
      const auto [error, bytes] = co_await start(client, token);
      end(client, error, bytes);
    }
  }

  /// In a loop of its own: a closed one has no timer, which would have the pool look after a reactor too.
  template <class Start, class End>
  static boost::asio::awaitable<void, executor_type> serve_as_due(block_client& client, Start start, End end) {
    timer_type timer(co_await boost::asio::this_coro::executor);
    while (client.next()) {
      while (client.early() && !interrupted()) {
        timer.expires_after(nap_until(client.due()));
        co_await timer.async_wait(token);
      }
      if (client.early()) {
        client.withdraw();
        co_return;
      }
      const auto [error, bytes] = co_await start(client, token);
      end(client, error, bytes);
    }
  }

  load shared_;
  std::optional<buffer_set> own_buffers_;
  std::deque<block_client> clients_;
  std::deque<boost::asio::thread_pool> pools_;
  countdown running_;
};

} // namespace shardbridge::bench
