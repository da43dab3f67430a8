#pragma once

#include "../common/countdown.hpp"
#include "../common/memory.hpp"
#include "engine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <deque>
#include <exception>

namespace shardbridge::bench {

/// The Asio service around an engine: a pool of threads and, on it, one coroutine for each client.
///
/// Included by programs with different Asio configurations, so nothing of it may be in a library they share.
class client_fleet {
 public:
  using executor_type = boost::asio::thread_pool::executor_type;
  static constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable_t<executor_type>{});

  client_fleet(const workload& what, block_ledger* ledger)
      : shared_(what, ledger), buffers_(what.depth, what.block), pool_(what.client_threads) {
    for (unsigned i = 0; i != what.depth; ++i)
      clients_.emplace_back(shared_, i, buffers_[i]);
  }

  ~client_fleet() { pool_.join(); }

  executor_type get_executor() { return pool_.get_executor(); }
  const workload& what() const noexcept { return shared_.what; }

  /// `start(client, token)` initiates the client's operation with a token for void(error_code, std::size_t);
  /// `end(client, error, bytes)` says to the client what became of it.
  template <class Start, class End>
  round_result run_round(double seconds, Start start, End end) {
    return timed_round(shared_, seconds, [&] {
      running_.start(clients_.size());
      for (auto& client : clients_)
        boost::asio::co_spawn(get_executor(), serve(client, start, end),
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

  load shared_;
  buffer_set buffers_;
  std::deque<block_client> clients_;
  boost::asio::thread_pool pool_;
  countdown running_;
};

} // namespace shardbridge::bench
